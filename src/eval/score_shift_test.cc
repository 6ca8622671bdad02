#include "eval/score_shift.h"

#include <vector>

#include <gtest/gtest.h>

#include "eval/fixture_for_test.h"

namespace octet {
namespace {

TEST(ScoreShift, OfAModelWithItselfIsNone) {
  const EvalFixture fixture = load_eval_fixture("coco_val");
  const ScoreShift shift = score_shift(ResultList(fixture.found), ResultList(fixture.found), 0.3);
  EXPECT_GT(shift.pairs, 100);
  EXPECT_EQ(shift.mean_absolute, 0);
}

TEST(ScoreShift, PairsWhatOverlapsMostInOneImageAndCategory) {
  const std::vector<CocoResult> first = {{1, 1, {0, 0, 10, 10}, 0.9}, {1, 1, {50, 0, 10, 10}, 0.8}, {1, 1, {80, 0, 10, 10}, 0.1}};
  const std::vector<CocoResult> second = {{1, 1, {0, 0, 10, 8}, 0.3},    // overlaps less than the next
                                          {1, 1, {0, 0, 10, 9}, 0.5},    // 0.4 lower
                                          {1, 1, {50, 0, 10, 10}, 0.9},  // 0.1 higher
                                          {2, 1, {0, 0, 10, 10}, 0.2},   // of another image
                                          {1, 2, {0, 0, 10, 10}, 0.2},   // of another category
                                          {1, 1, {80, 0, 10, 10}, 0.7}};
  const ScoreShift shift = score_shift(ResultList(first), ResultList(second), 0.3);
  EXPECT_EQ(shift.pairs, 2);
  EXPECT_NEAR(shift.mean, -0.15, 1e-12);
  EXPECT_NEAR(shift.mean_absolute, 0.25, 1e-12);
}

TEST(ScoreShift, OfNothingIsNone) { EXPECT_EQ(score_shift(ResultList({}), ResultList({}), 0.3).pairs, 0); }

}  // namespace
}  // namespace octet
