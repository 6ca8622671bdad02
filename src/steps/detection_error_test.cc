#include "steps/detection_error.h"

#include <vector>

#include <gtest/gtest.h>

namespace octet {
namespace {

Detection box(int class_index, float score, float x0, float x1) { return {class_index, score, {x0, 0, x1, 10}}; }

TEST(DetectionError, IsZeroForTheSame) {
  const std::vector<Detection> found{box(1, 0.9f, 0, 10), box(2, 0.5f, 20, 30)};
  EXPECT_EQ(detection_error(found, found), 0);
}

// IoU 0.8, scores 0.1 apart: 0.04 + 0.01.
TEST(DetectionError, AddsSquaresOfOverlapAndScore) {
  EXPECT_NEAR(detection_error(std::vector{box(1, 0.9f, 0, 10)}, std::vector{box(1, 0.8f, 0, 8)}), 0.05, 1e-6);
}

TEST(DetectionError, TakesTheNearestOfTheClass) {
  const std::vector<Detection> found{box(2, 0.9f, 0, 10), box(1, 0.9f, 0, 8), box(1, 0.9f, 0, 9)};
  EXPECT_NEAR(detection_error(std::vector{box(1, 0.9f, 0, 10)}, found), 0.01, 1e-6);
}

TEST(DetectionError, HasALargestForWhatIsMissing) {
  EXPECT_EQ(detection_error(std::vector{box(1, 0.9f, 0, 10)}, {}), kLargestDetectionError);
  EXPECT_EQ(detection_error(std::vector{box(1, 0.9f, 0, 10)}, std::vector{box(1, 0.9f, 50, 60)}), kLargestDetectionError);
}

TEST(DetectionError, IsZeroWhereNothingIsToBeFound) { EXPECT_EQ(detection_error({}, std::vector{box(1, 0.9f, 0, 10)}), 0); }

}  // namespace
}  // namespace octet
