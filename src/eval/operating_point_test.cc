#include "eval/operating_point.h"

#include <cmath>

#include <gtest/gtest.h>

#include "eval/coco_eval.h"
#include "eval/fixture_for_test.h"

namespace octet {
namespace {

// Three objects and a crowd in one image; boxes at 0.9 (right), 0.8 (elsewhere), 0.7 (right), 0.6 (in the crowd), 0.5 (the first object
// again).
CocoMatches small_matches() {
  const CocoGroundTruth truth{.images = {{.id = 1, .file_name = {}}},
                              .categories = {{1, "cup"}},
                              .annotations = {{1, 1, 1, {0, 0, 10, 10}, 100, false},
                                              {2, 1, 1, {20, 0, 10, 10}, 100, false},
                                              {3, 1, 1, {40, 0, 10, 10}, 100, false},
                                              {4, 1, 1, {100, 0, 90, 90}, 8100, true}}};
  const std::vector<CocoResult> found = {{1, 1, {0, 0, 10, 9}, 0.9},
                                         {1, 1, {60, 60, 10, 10}, 0.8},
                                         {1, 1, {20, 0, 10, 8}, 0.7},
                                         {1, 1, {110, 10, 10, 10}, 0.6},
                                         {1, 1, {0, 0, 10, 8}, 0.5}};
  return match_coco(truth, found).value();
}

JudgedScores scores_of(const CocoMatches& matches) {
  JudgedScores scores;
  scores.add(matches.categories);
  return scores;
}

TEST(OperatingPoint, CountsWhatScoresAtLeastTheThreshold) {
  const OperatingPoint point = scores_of(small_matches()).at(0.7);
  EXPECT_EQ(point.right, 2);
  EXPECT_EQ(point.wrong, 1);
  EXPECT_EQ(point.objects, 3);
  EXPECT_DOUBLE_EQ(point.precision(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(point.recall(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(point.f1(), 2.0 / 3);
  EXPECT_EQ(scores_of(small_matches()).at(0.1).wrong, 2) << "a box in a crowd counts neither way";
  EXPECT_EQ(scores_of(small_matches()).at(1).precision(), -1);
}

TEST(OperatingPoint, OfTheHighestF1IsNoLowerThanAnyOther) {
  EXPECT_DOUBLE_EQ(scores_of(small_matches()).best().threshold, 0.7);
  for (const char* name : {"coco_val", "ties", "crowds"}) {
    const EvalFixture fixture = load_eval_fixture(name);
    const JudgedScores scores = scores_of(match_coco(fixture.truth, fixture.found).value());
    const OperatingPoint best = scores.best();
    EXPECT_EQ(scores.at(best.threshold).right, best.right);
    EXPECT_EQ(scores.at(best.threshold).wrong, best.wrong);
    for (double threshold = 0; threshold <= 1; threshold += 0.01) EXPECT_LE(scores.at(threshold).f1(), best.f1()) << threshold;
  }
}

TEST(OperatingPoint, OfNothingRightIsAboveEveryScore) {
  const EvalFixture fixture = load_eval_fixture("no_detections");
  const OperatingPoint best = scores_of(match_coco(fixture.truth, fixture.found).value()).best();
  EXPECT_TRUE(std::isinf(best.threshold));
  EXPECT_EQ(best.f1(), 0);
}

TEST(CalibrationError, IsTheDistanceOfScoresFromTheShareThatIsRight) {
  // In bins of 0.1 from 0 on: |0.9 - 1| + |0.8 - 0| + |0.7 - 1| + |0.5 - 0|, over four that count.
  EXPECT_NEAR(scores_of(small_matches()).calibration_error(0), 1.7 / 4, 1e-12);
  EXPECT_EQ(scores_of(small_matches()).calibration_error(0.95), -1);
}

}  // namespace
}  // namespace octet
