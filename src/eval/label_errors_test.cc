#include "eval/label_errors.h"

#include <memory>

#include <gtest/gtest.h>

namespace octet {
namespace {

constexpr std::int64_t kCup = 1, kDog = 2;

// One image with a cup on the left, a dog in the middle and a crowd of dogs on the right.
CocoGroundTruth scene() {
  return {.images = {{.id = 7, .file_name = {}}},
          .categories = {{kCup, "cup"}, {kDog, "dog"}},
          .annotations = {{11, 7, kCup, {0, 0, 20, 20}, 400, false},
                          {12, 7, kDog, {100, 0, 40, 40}, 1600, false},
                          {13, 7, kDog, {200, 0, 90, 90}, 8100, true}}};
}

const CocoResult kRightCup{7, kCup, {0, 1, 20, 20}, 0.9}, kRightDog{7, kDog, {101, 0, 40, 40}, 0.2};

std::vector<LabelError> errors_of(const std::vector<std::vector<CocoResult>>& models, const CocoGroundTruth& truth = scene()) {
  std::vector<std::unique_ptr<const ResultList>> lists;
  std::vector<const ResultSource*> sources;
  for (const auto& results : models) {
    lists.push_back(std::make_unique<ResultList>(results));
    sources.push_back(lists.back().get());
  }
  const auto errors = suggest_label_errors(truth, sources);
  EXPECT_TRUE(errors.ok()) << errors.error().message;
  return errors.ok() ? *errors : std::vector<LabelError>();
}

TEST(LabelErrors, AreNoneWhereAllIsFound) {
  EXPECT_TRUE(errors_of({{kRightCup, kRightDog}}).empty());
  EXPECT_TRUE(errors_of({{kRightCup, kRightDog, {7, kDog, {210, 10, 30, 30}, 0.9}}}).empty()) << "in the crowd";
  EXPECT_TRUE(errors_of({{kRightCup, kRightDog, {7, kCup, {60, 60, 30, 30}, 0.4}}}).empty()) << "not confident";
}

TEST(LabelErrors, NameWhatIsMissingOnce) {
  const auto errors = errors_of({{kRightCup, kRightDog, {7, kCup, {60, 60, 30, 30}, 0.8}, {7, kDog, {61, 60, 30, 30}, 0.7}}});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].fault, LabelFault::kMissing);
  EXPECT_EQ(errors[0].image_id, 7);
  EXPECT_EQ(errors[0].category_id, kCup);
  EXPECT_FALSE(errors[0].annotation_id);
  EXPECT_EQ(errors[0].box, (BoxLtwh{60, 60, 30, 30}));
  EXPECT_EQ(errors[0].score, 0.8);
}

TEST(LabelErrors, NameAnotherClassAndABadPlace) {
  const auto errors = errors_of({{{7, kDog, {0, 1, 20, 20}, 0.9}, {7, kDog, {120, 0, 40, 40}, 0.95}}});
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].fault, LabelFault::kClass);
  EXPECT_EQ(errors[0].annotation_id, 11);
  EXPECT_EQ(errors[0].category_id, kDog);
  EXPECT_EQ(errors[1].fault, LabelFault::kPlace);
  EXPECT_EQ(errors[1].annotation_id, 12);
  EXPECT_EQ(errors[1].box, (BoxLtwh{120, 0, 40, 40}));
}

TEST(LabelErrors, NameWhatNothingFindsLargestFirst) {
  const auto errors = errors_of({{}});
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].fault, LabelFault::kSpurious);
  EXPECT_EQ(errors[0].annotation_id, 12);
  EXPECT_FALSE(errors[0].score);
  EXPECT_EQ(errors[1].annotation_id, 11);
}

TEST(LabelErrors, TakeWhatAllModelsAgreeOn) {
  const std::vector<CocoResult> first{kRightCup, kRightDog, {7, kCup, {60, 60, 30, 30}, 0.8}, {7, kCup, {400, 60, 30, 30}, 0.8}};
  const std::vector<CocoResult> second{{7, kCup, {62, 60, 30, 30}, 0.6}, {7, kCup, {400, 60, 30, 30}, 0.4}};
  const auto errors = errors_of({first, second});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].box.left, 60);
  EXPECT_EQ(errors[0].score, 0.6);
}

TEST(LabelErrors, LeaveOutWhatWasNotLookedFor) {
  CocoGroundTruth truth = scene();
  truth.categories.push_back({3, "fig"});
  const std::vector<CocoResult> found{kRightCup, kRightDog, {7, 3, {60, 60, 30, 30}, 0.8}};
  EXPECT_EQ(errors_of({found}, truth).size(), 1u);
  truth.verifications = {{7, {}, {}}};
  EXPECT_TRUE(errors_of({found}, truth).empty());
  truth.verifications = {{7, {3}, {}}};
  EXPECT_EQ(errors_of({found}, truth).size(), 1u);
}

TEST(LabelErrors, NameAResultOfAnImageThatIsNotListed) {
  const std::vector<CocoResult> results{{8, kCup, {}, 0.5}};
  const ResultList list(results);
  const auto errors = suggest_label_errors(scene(), std::vector<const ResultSource*>{&list});
  ASSERT_FALSE(errors.ok());
  EXPECT_EQ(errors.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace octet
