#include "eval/by_category.h"

#include <gtest/gtest.h>

#include "eval/fixture_for_test.h"

namespace octet {
namespace {

bool are_same(const CategoryMatches& a, const CategoryMatches& b) {
  const auto all = [](const CategoryMatches& matches) {
    std::vector<MatchedDetection> list;
    matches.detections.for_each_block([&](std::span<const MatchedDetection> some) { list.insert(list.end(), some.begin(), some.end()); });
    return list;
  };
  return a.objects == b.objects && std::ranges::equal(all(a), all(b), [](const MatchedDetection& x, const MatchedDetection& y) {
           return x.score == y.score && x.image == y.image && x.rank == y.rank && x.matched == y.matched && x.ignored == y.ignored;
         });
}

// Each category in pieces of at most so many boxes.
std::vector<CategoryMatches> match_in_pieces(AnnotatedBoxes& truth, const FoundBoxes& found, std::size_t most) {
  std::vector<CategoryMatches> categories(found.categories());
  for (std::size_t k = 0; k < categories.size(); ++k) {
    found.for_each_piece(
        k, truth,
        [&](std::span<const TruthBox> truth_boxes, std::span<const FoundBox> found_boxes) {
          match_piece(truth_boxes, found_boxes, {}, {}, categories[k]);
        },
        most);
    categories[k].detections.sort();
  }
  return categories;
}

TEST(FoundBoxes, MatchTheSameInPiecesOfAnySize) {
  for (const char* name : {"coco_val", "ties", "crowds", "many_detections", "no_detections", "no_truth"}) {
    SCOPED_TRACE(name);
    const EvalFixture fixture = load_eval_fixture(name);
    const CocoIds ids = ids_of(fixture.truth);
    const ResultList results(fixture.found);
    const auto found = FoundBoxes::of(results, ids);
    ASSERT_TRUE(found.ok());
    const auto whole = match_coco(fixture.truth, fixture.found);
    ASSERT_TRUE(whole.ok());
    for (const std::size_t most : {1, 2, 7, 1000}) {
      TruthBoxes truth(fixture.truth, ids);
      EXPECT_TRUE(std::ranges::equal(match_in_pieces(truth, *found, most), whole->categories, are_same)) << most;
    }
  }
}

TEST(FoundBoxes, AreOfNoImageThatIsNotListed) {
  const std::vector<CocoResult> results{{7, 1, {0, 0, 5, 5}, 0.5}};
  const auto found = FoundBoxes::of(ResultList(results), {{6, 8}, {1}});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "a result is of image 7, which the annotations do not list; are they of the same data set?");
}

TEST(MatchByCategory, ToldOfEachCategoryOnceAndInOrder) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const CocoIds ids = ids_of(fixture.truth);
  TruthBoxes truth(fixture.truth, ids);
  const auto found = FoundBoxes::of(ResultList(fixture.found), ids);
  ASSERT_TRUE(found.ok());
  const auto whole = match_coco(fixture.truth, fixture.found);
  std::vector<std::int64_t> told;
  match_by_category(truth, *found, ids, 2, {}, {},
                    [&](std::span<const std::int64_t> category_ids, std::span<const CategoryMatches> matches) {
                      for (std::size_t i = 0; i < matches.size(); ++i)
                        EXPECT_TRUE(are_same(matches[i], whole->categories[told.size() + i]));
                      told.insert(told.end(), category_ids.begin(), category_ids.end());
                    });
  EXPECT_EQ(told, ids.category_ids);
}

}  // namespace
}  // namespace octet
