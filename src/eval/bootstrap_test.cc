#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "eval/fixture_for_test.h"

namespace octet {
namespace {

// Every third detection is lost.
std::vector<CocoResult> worse(const std::vector<CocoResult>& found) {
  std::vector<CocoResult> kept;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (i % 3 != 0) kept.push_back(found[i]);
  return kept;
}

TEST(BootstrapApDrop, OfAModelWithItselfIsZeroAndSure) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const auto drop = bootstrap_ap_drop(fixture.truth, fixture.found, fixture.found, {.resamples = 20});
  ASSERT_TRUE(drop.ok()) << drop.error().message;
  EXPECT_EQ(drop->all.drop, 0);
  EXPECT_EQ(drop->all.low, 0);
  EXPECT_EQ(drop->all.high, 0);
  EXPECT_EQ(drop->all.standard_error, 0);
}

TEST(BootstrapApDrop, EnclosesTheDropThatTheNumbersShow) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const auto second = worse(fixture.found);
  const auto drop = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 200});
  ASSERT_TRUE(drop.ok());
  const double expected = evaluate_coco(fixture.truth, fixture.found)->numbers.AP - evaluate_coco(fixture.truth, second)->numbers.AP;
  EXPECT_NEAR(drop->all.drop, expected, 1e-12);
  EXPECT_LT(drop->all.low, drop->all.drop);
  EXPECT_GT(drop->all.high, drop->all.drop);
  EXPECT_GT(drop->all.low, 0);  // a third of the boxes is no accident on 1,004 objects
  EXPECT_NEAR(drop->all.high - drop->all.low, 2 * 1.96 * drop->all.standard_error, drop->all.standard_error);
}

TEST(BootstrapApDrop, IsTheSameOnTwoThreadsAndAnotherWithAnotherSeed) {
  const EvalFixture fixture = load_eval_fixture("ties");
  const auto second = worse(fixture.found);
  const auto alone = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 50});
  const auto shared = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 50}, 2);
  const auto reseeded = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 50, .seed = 2});
  EXPECT_EQ(alone->all.low, shared->all.low);
  EXPECT_EQ(alone->all.high, shared->all.high);
  EXPECT_NE(alone->all.low, reseeded->all.low);
}

TEST(BootstrapApDrop, TellsWhichPartsChanged) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  std::vector<CocoResult> second = fixture.found;
  std::erase_if(second, [](const CocoResult& box) { return box.category_id == 1; });  // people
  const auto drops = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 1000});
  ASSERT_TRUE(drops.ok());
  ASSERT_EQ(drops->sizes.size(), 3u);
  for (const PartDrop& category : drops->categories) {
    const bool is_lost = category.category_id == 1;
    EXPECT_EQ(category.adjusted_p < 0.05, is_lost) << category.name;
    EXPECT_EQ(category.drop.drop > 0, is_lost) << category.name;
    EXPECT_GE(category.adjusted_p, category.drop.p_value);
  }
  EXPECT_GT(drops->sizes[2]->drop.drop, 0);
  EXPECT_NEAR(drops->all.low, drops->all.upper_bound(0.025), 1e-9);
  EXPECT_GT(drops->all.upper_bound(0.99), drops->all.upper_bound(0.9));
}

TEST(BootstrapApDrop, HasNoPValueBelowWhatItsDrawsShowWhereTheyDisagree) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const auto drop = bootstrap_ap_drop(fixture.truth, fixture.found, worse(fixture.found), {.resamples = 400});
  ASSERT_TRUE(drop.ok());
  for (const PartDrop& category : drop->categories) {
    const auto& draws = category.drop.draws;
    const auto gained = std::ranges::count_if(draws, [](double value) { return value <= 0; });
    const auto lost = std::ranges::count_if(draws, [](double value) { return value >= 0; });
    const auto fewer = static_cast<double>(std::min(gained, lost));
    if (fewer == 0 || category.drop.unknown_share > 0) continue;
    EXPECT_DOUBLE_EQ(category.drop.p_value, std::min(1.0, 2 * (fewer + 1) / (static_cast<double>(draws.size()) + 1))) << category.name;
  }
}

// One image has the category, so that every draw that has it says the same, and a third of them say nothing.
TEST(BootstrapApDrop, IsCertainOfNothingThatIsInOneImage) {
  CocoGroundTruth truth{.images = {}, .categories = {{1, "cup"}, {2, "dog"}}, .annotations = {}};
  std::vector<CocoResult> found;
  for (std::int64_t image = 1; image <= 20; ++image) {
    truth.images.push_back({.id = image, .file_name = {}});
    const std::int64_t category = image == 1 ? 1 : 2;
    truth.annotations.push_back({image, image, category, {0, 0, 40, 40}, 1600, false});
    found.push_back({image, category, {0, 0, 40, 40}, 0.9});
  }
  const std::span<const CocoResult> second(found.begin() + 1, found.end());
  const auto drops = bootstrap_ap_drop(truth, found, second, {.resamples = 2000});
  ASSERT_TRUE(drops.ok());
  const ApDrop& cup = drops->categories[0].drop;
  EXPECT_NEAR(cup.drop, 1, 1e-12);
  EXPECT_NEAR(cup.unknown_share, 0.36, 0.04);
  EXPECT_GT(cup.p_value, 0.5);
  EXPECT_EQ(drops->categories[1].drop.upper_bound(0.95), 0);
  EXPECT_NEAR(cup.upper_bound(0.5), 1, 1e-12);
  EXPECT_EQ(cup.upper_bound(0.95), 1);
}

// A draw without the images in which boxes were lost has the same AP by other sums. It is on neither side of 0, whatever their rounding.
TEST(BootstrapApDrop, TakesRoundingForNoChange) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const auto drops = bootstrap_ap_drop(fixture.truth, fixture.found, worse(fixture.found), {.resamples = 400});
  ASSERT_TRUE(drops.ok());
  for (const PartDrop& category : drops->categories)
    for (const double value : category.drop.draws) EXPECT_TRUE(value == 0 || std::abs(value) > 1e-12) << category.name << ' ' << value;
}

// The figures are those of R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.5), "holm").
TEST(HolmAdjusted, GivesTheFiguresOfR) {
  const std::vector<double> adjusted = holm_adjusted(std::vector<double>{0.01, 0.04, 0.03, 0.005, 0.5});
  const std::vector<double> expected = {0.04, 0.09, 0.09, 0.025, 0.5};
  ASSERT_EQ(adjusted.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_DOUBLE_EQ(adjusted[i], expected[i]);
  EXPECT_TRUE(holm_adjusted({}).empty());
  EXPECT_EQ(holm_adjusted(std::vector<double>{0.9, 0.8})[1], 1);
}

TEST(BootstrapApDrop, RefusesADataSetWithoutObjects) {
  const EvalFixture fixture = load_eval_fixture("no_truth");
  EXPECT_FALSE(bootstrap_ap_drop(fixture.truth, fixture.found, fixture.found).ok());
  EXPECT_FALSE(bootstrap_ap_drop(fixture.truth, {}, {}, {.resamples = 0}).ok());
}

}  // namespace
}  // namespace octet
