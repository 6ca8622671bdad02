#include "eval/bootstrap.h"

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
  EXPECT_EQ(drop->drop, 0);
  EXPECT_EQ(drop->low, 0);
  EXPECT_EQ(drop->high, 0);
  EXPECT_EQ(drop->standard_error, 0);
}

TEST(BootstrapApDrop, EnclosesTheDropThatTheNumbersShow) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const auto second = worse(fixture.found);
  const auto drop = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 200});
  ASSERT_TRUE(drop.ok());
  const double expected = evaluate_coco(fixture.truth, fixture.found)->numbers.AP - evaluate_coco(fixture.truth, second)->numbers.AP;
  EXPECT_NEAR(drop->drop, expected, 1e-12);
  EXPECT_LT(drop->low, drop->drop);
  EXPECT_GT(drop->high, drop->drop);
  EXPECT_GT(drop->low, 0);  // a third of the boxes is no accident on 1,004 objects
  EXPECT_NEAR(drop->high - drop->low, 2 * 1.96 * drop->standard_error, drop->standard_error);
}

TEST(BootstrapApDrop, IsTheSameOnTwoThreadsAndAnotherWithAnotherSeed) {
  const EvalFixture fixture = load_eval_fixture("ties");
  const auto second = worse(fixture.found);
  const auto alone = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 50});
  const auto shared = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 50}, 2);
  const auto reseeded = bootstrap_ap_drop(fixture.truth, fixture.found, second, {.resamples = 50, .seed = 2});
  EXPECT_EQ(alone->low, shared->low);
  EXPECT_EQ(alone->high, shared->high);
  EXPECT_NE(alone->low, reseeded->low);
}

TEST(BootstrapApDrop, RefusesADataSetWithoutObjects) {
  const EvalFixture fixture = load_eval_fixture("no_truth");
  EXPECT_FALSE(bootstrap_ap_drop(fixture.truth, fixture.found, fixture.found).ok());
  EXPECT_FALSE(bootstrap_ap_drop(fixture.truth, {}, {}, {.resamples = 0}).ok());
}

}  // namespace
}  // namespace octet
