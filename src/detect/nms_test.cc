#include "detect/nms.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace octet {
namespace {

TEST(SuppressOverlaps, KeepsAPairAtTheLimitAndDropsOneAboveIt) {
  // Intersection 5x10 of two boxes 10x10: IoU 50 / 150.
  const std::vector<Candidate> pair = {{0, 0.9, 0, 0, 10, 10}, {0, 0.8, 5, 0, 15, 10}};
  EXPECT_EQ(suppress_overlaps(pair, {0.34f, 0}, 100).size(), 2u);
  EXPECT_EQ(suppress_overlaps(pair, {0.33f, 0}, 100).size(), 1u);
  const std::vector<Candidate> half = {{0, 0.9, 0, 0, 10, 10}, {0, 0.8, 0, 0, 10, 5}};
  EXPECT_EQ(suppress_overlaps(half, {0.5f, 0}, 100).size(), 2u);  // exactly at the limit
}

TEST(SuppressOverlaps, LeavesOtherClassesAlone) {
  const std::vector<Candidate> pair = {{0, 0.9, 0, 0, 10, 10}, {1, 0.8, 0, 0, 10, 10}};
  EXPECT_EQ(suppress_overlaps(pair, {0.5f, 0}, 100).size(), 2u);
}

// One box twice, as a candidate for two classes, beside a worse one of a third class.
TEST(SuppressOverlaps, DropsOtherClassesWhereThatIsAsked) {
  const std::vector<Candidate> boxes = {{0, 0.7, 0, 0, 10, 10}, {1, 0.8, 0, 0, 10, 10}, {2, 0.6, 1, 0, 11, 10}, {0, 0.5, 30, 0, 40, 10}};
  const auto kept = suppress_overlaps(boxes, {.iou_limit = 0.5f, .across_classes = true}, 100);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].class_index, 1);
  EXPECT_EQ(kept[1].x0, 30);
}

TEST(SuppressOverlaps, ADroppedBoxDropsNoOther) {
  // Each overlaps its neighbour by 60 %; the first drops the second, so the third stays.
  const std::vector<Candidate> chain = {{0, 0.9, 0, 0, 10, 10}, {0, 0.8, 2, 0, 12, 10}, {0, 0.7, 4, 0, 14, 10}};
  const auto kept = suppress_overlaps(chain, {0.5f, 0}, 100);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].x0, 4);
}

TEST(SuppressOverlaps, ReturnsTheBestFirstAndTiesByClassThenByOrder) {
  const std::vector<Candidate> boxes = {{1, 0.5, 0, 0, 1, 1}, {0, 0.5, 10, 0, 11, 1}, {0, 0.5, 20, 0, 21, 1}, {2, 0.7, 0, 0, 1, 1}};
  const auto kept = suppress_overlaps(boxes, {0.5f, 0}, 100);
  ASSERT_EQ(kept.size(), 4u);
  EXPECT_EQ(kept[0].class_index, 2);
  EXPECT_EQ(kept[1].x0, 10);
  EXPECT_EQ(kept[2].x0, 20);
  EXPECT_EQ(kept[3].class_index, 1);
}

TEST(SuppressOverlaps, KeepsAtMostSoManyOverAllClasses) {
  std::vector<Candidate> boxes;
  for (int i = 0; i < 10; ++i) boxes.push_back({i % 3, 0.1 * i, 10.0 * i, 0, 10.0 * i + 5, 5});
  const auto kept = suppress_overlaps(boxes, {0.5f, 0}, 4);
  ASSERT_EQ(kept.size(), 4u);
  EXPECT_DOUBLE_EQ(kept[0].score, 0.9);
  EXPECT_DOUBLE_EQ(kept[3].score, 0.1 * 6);
  EXPECT_TRUE(suppress_overlaps(boxes, {0.5f, 0}, 0).empty());
}

TEST(SuppressOverlaps, EmptyBoxesOverlapNothing) {
  const std::vector<Candidate> points = {{0, 0.9, 3, 3, 3, 3}, {0, 0.8, 3, 3, 3, 3}};
  EXPECT_EQ(suppress_overlaps(points, {0.0f, 0}, 100).size(), 2u);
}

// Two boxes of 10x10 whose centres are 2 apart: IoU 80 / 120, around both 12x10, so (4 / 244)^0.6 = 0.08488 goes off: 0.58179.
TEST(SuppressOverlaps, TakesTheDistanceOfCentresOffTheOverlap) {
  const std::vector<Candidate> pair = {{0, 0.9, 0, 0, 10, 10}, {0, 0.8, 2, 0, 12, 10}};
  EXPECT_EQ(suppress_overlaps(pair, {0.59f, 0}, 100).size(), 1u);
  EXPECT_EQ(suppress_overlaps(pair, {0.59f, 0.6f}, 100).size(), 2u);
  EXPECT_EQ(suppress_overlaps(pair, {0.5818f, 0.6f}, 100).size(), 2u);
  EXPECT_EQ(suppress_overlaps(pair, {0.5817f, 0.6f}, 100).size(), 1u);
  // Power 1: 0.66667 - 4 / 244 = 0.65027.
  EXPECT_EQ(suppress_overlaps(pair, {0.6503f, 1}, 100).size(), 2u);
  EXPECT_EQ(suppress_overlaps(pair, {0.6502f, 1}, 100).size(), 1u);
}

TEST(SuppressOverlaps, TakesNothingOffBoxesAroundOneCentre) {
  const std::vector<Candidate> pair = {{0, 0.9, 0, 0, 10, 10}, {0, 0.8, 2, 2, 8, 8}};  // IoU 0.36
  EXPECT_EQ(suppress_overlaps(pair, {0.35f, 0.6f}, 100).size(), 1u);
  EXPECT_EQ(suppress_overlaps(pair, {0.37f, 0.6f}, 100).size(), 2u);
}

// The definition, spelled out: repeatedly take the best that is left and remove what it overlaps.
std::vector<Candidate> suppressed_by_definition(std::vector<Candidate> left, double limit) {
  std::vector<Candidate> kept;
  while (!left.empty()) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < left.size(); ++i)
      if (left[i].score > left[best].score) best = i;
    const Candidate chosen = left[best];
    kept.push_back(chosen);
    std::vector<Candidate> rest;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (i == best) continue;
      const Candidate& other = left[i];
      const double w = std::max(0.0, std::min(chosen.x1, other.x1) - std::max(chosen.x0, other.x0));
      const double h = std::max(0.0, std::min(chosen.y1, other.y1) - std::max(chosen.y0, other.y0));
      const double both = (chosen.x1 - chosen.x0) * (chosen.y1 - chosen.y0) + (other.x1 - other.x0) * (other.y1 - other.y0) - w * h;
      if (w * h <= limit * both) rest.push_back(other);
    }
    left = rest;
  }
  return kept;
}

RC_GTEST_PROP(SuppressOverlaps, AgreesWithItsDefinitionOnOneClass, ()) {
  const auto numbers = *rc::gen::container<std::vector<int>>(60, rc::gen::inRange(0, 20));
  std::vector<Candidate> boxes;
  for (std::size_t i = 0; i + 4 < numbers.size(); i += 5)
    boxes.push_back({0, numbers[i] / 20.0, double(numbers[i + 1]), double(numbers[i + 2]), double(numbers[i + 1] + numbers[i + 3] + 1),
                     double(numbers[i + 2] + numbers[i + 4] + 1)});
  const auto kept = suppress_overlaps(boxes, {0.4f, 0}, 1000);
  const auto expected = suppressed_by_definition(boxes, 0.4f);
  RC_ASSERT(kept.size() == expected.size());
  for (std::size_t i = 0; i < kept.size(); ++i) RC_ASSERT(kept[i].x0 == expected[i].x0 && kept[i].y1 == expected[i].y1);
}

}  // namespace
}  // namespace octet
