#include "detect/decoders.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace octet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr ImageSize kInput{64, 32};

// One anchor of 8x4 pixels, two classes, a grid of 2x1 cells; cell 1 is silent.
YoloOutput toy_head() {
  YoloOutput head;
  head.output = "head";
  head.anchors = {{8, 4}};
  head.classes = 2;
  return head;
}
const Shape kShape{1, 7, 1, 2};

std::vector<float> toy_values(float x, float y, float w, float h, float objectness, float class0, float class1) {
  return {x, 0, y, 0, w, 0, h, 0, objectness, -50, class0, 0, class1, 0};
}

std::vector<Candidate> decode(const YoloOutput& head, const std::vector<float>& values, double threshold) {
  ModelDescription description;
  description.input = kInput;
  const NamedOutput output{head.output, kShape, values};
  std::vector<Candidate> candidates;
  EXPECT_TRUE(decode(YoloHead{{head}}, description, std::span(&output, 1), threshold, candidates).ok());
  return candidates;
}

TEST(DecodeYolo, PlacesTheBoxByHandComputedNumbers) {
  // s(0) = 0.5: the middle of cell 0, which spans 32x32 pixels; exp(0) = 1: the anchor itself.
  const auto found = decode(toy_head(), toy_values(0, 0, 0, 0, 0, 0, -50), 0.1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].class_index, 0);
  EXPECT_DOUBLE_EQ(found[0].score, 0.25);
  EXPECT_DOUBLE_EQ(found[0].x0, 12);
  EXPECT_DOUBLE_EQ(found[0].x1, 20);
  EXPECT_DOUBLE_EQ(found[0].y0, 14);
  EXPECT_DOUBLE_EQ(found[0].y1, 18);
}

TEST(DecodeYolo, StretchesTheCenterByScaleXY) {
  YoloOutput head = toy_head();
  head.scale_x_y = 2;
  const auto found = decode(head, toy_values(-100, 100, 0, 0, 0, 0, -50), 0.1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR((found[0].x0 + found[0].x1) / 2, -16, 1e-9);  // (0 * 2 - 0.5) * 32
  EXPECT_NEAR((found[0].y0 + found[0].y1) / 2, 48, 1e-9);   // (1 * 2 - 0.5) * 32
}

// YOLOv5: s(0) = 0.5 is the middle of the cell and the anchor itself; log 3 is 0.75: 1 in cells, 1.5² anchors. In each of its layouts.
TEST(DecodeYolo, TakesYolov5sFormInEachLayout) {
  YoloOutput head = toy_head();
  head.kind = YoloOutput::Kind::kYolov5;
  const float odds = std::log(3.0f);
  const std::vector<float> planes = {0, odds, 0, 0, 0, odds, 0, 0, 0, 0, -50, 0, -50, -50},
                           rows = {0, 0, 0, 0, 0, -50, -50, odds, 0, odds, 0, 0, 0, -50};
  ModelDescription description;
  description.input = kInput;
  for (const auto& [values, shape] :
       {std::pair(planes, Shape{1, 7, 1, 2}), std::pair(rows, Shape{1, 1, 2, 7}), std::pair(rows, Shape{1, 1, 1, 2, 7})}) {
    const NamedOutput output{"head", shape, values};
    std::vector<Candidate> found;
    ASSERT_TRUE(decode(YoloHead{{head}}, description, std::span(&output, 1), 0.1, found).ok());
    ASSERT_EQ(found.size(), 1u) << to_string(shape);
    EXPECT_NEAR(found[0].x0, 64 - 9, 1e-5);  // (1 + 2 * 0.75 - 0.5) * 32 less half of 8 * 1.5²
    EXPECT_NEAR(found[0].x1, 64 + 9, 1e-5);
    EXPECT_NEAR(found[0].y0, 16 - 2, 1e-5);
    EXPECT_NEAR(found[0].y1, 16 + 2, 1e-5);
  }
}

TEST(DecodeYolo, ProposesABoxOfEachClassThatPasses) {
  const auto found = decode(toy_head(), toy_values(0, 0, 0, 0, 9, 3, 2), 0.5);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].class_index, 0);
  EXPECT_EQ(found[1].class_index, 1);
}

TEST(DecodeYolo, DropsAScoreThatEqualsTheThreshold) {
  EXPECT_TRUE(decode(toy_head(), toy_values(0, 0, 0, 0, 0, 0, -50), 0.25).empty());
  EXPECT_EQ(decode(toy_head(), toy_values(0, 0, 0, 0, 0, 0, -50), 0.2499999).size(), 1u);
}

TEST(DecodeYolo, TakesNewCoordinatesAsTheyAre) {
  YoloOutput head = toy_head();
  head.new_coords = true;
  const auto found = decode(head, {0.5f, 0, 0.5f, 0, 0.5f, 0, 1, 0, 0.5f, 0, 0.5f, 0, 0, 0}, 0.1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_DOUBLE_EQ(found[0].score, 0.25);
  EXPECT_DOUBLE_EQ(found[0].x1 - found[0].x0, 8);   // (2 * 0.5)² * 8
  EXPECT_DOUBLE_EQ(found[0].y1 - found[0].y0, 16);  // (2 * 1)² * 4
}

TEST(DecodeYolo, RegionAnchorsAreCellsAndSoftmaxSharesTheClasses) {
  YoloOutput head = toy_head();
  head.kind = YoloOutput::Kind::kRegion;
  head.softmax = true;
  head.anchors = {{0.5f, 0.25f}};
  const auto found = decode(head, toy_values(0, 0, 0, 0, 0, std::log(3.0f), 0), 0.1);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NEAR(found[0].score, 0.5 * 0.75, 1e-7);
  EXPECT_NEAR(found[1].score, 0.5 * 0.25, 1e-7);
  EXPECT_DOUBLE_EQ(found[0].x1 - found[0].x0, 16);
  EXPECT_DOUBLE_EQ(found[0].y1 - found[0].y0, 8);
}

TEST(DecodeYolo, GivesNoBoxForWhatIsNotANumber) {
  EXPECT_TRUE(decode(toy_head(), toy_values(0, 0, 0, 0, kNan, 9, 9), 0.1).empty());
  EXPECT_TRUE(decode(toy_head(), toy_values(kNan, 0, 0, 0, 9, 9, 9), 0.1).empty());
  EXPECT_TRUE(decode(toy_head(), toy_values(0, 0, 0, kNan, 9, 9, 9), 0.1).empty());
  EXPECT_TRUE(decode(toy_head(), toy_values(0, 0, 0, 0, 9, kNan, kNan), 0.1).empty());
  YoloOutput head = toy_head();
  head.new_coords = true;
  EXPECT_TRUE(decode(head, toy_values(0.5f, 0.5f, 1, 1, kInfinity, 1, 1), 0.1).empty());
  head.new_coords = false;
  head.kind = YoloOutput::Kind::kRegion;
  head.softmax = true;
  EXPECT_TRUE(decode(head, toy_values(0, 0, 0, 0, 9, kInfinity, kNan), 0.1).empty());
}

TEST(DecodeYolo, TakesInfiniteLogitsAsCertainty) {
  const auto found = decode(toy_head(), toy_values(0, 0, kInfinity, 0, kInfinity, kInfinity, -kInfinity), 0.1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 1, 1e-9);
  EXPECT_EQ(found[0].x1, std::numeric_limits<double>::infinity());
}

TEST(CheckOutputs, NamesTheOutputOfAnotherShape) {
  const OutputType output{"head", ElementType::kF32, {1, 6, 1, 2}};
  const Status status = check_outputs(YoloHead{{toy_head()}}, {}, std::span(&output, 1));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message,
            "output 'head' is f32[1,6,1,2], but octet_heads says 1 anchors of 2 classes, which is f32[1,7,height,width]");
}

}  // namespace
}  // namespace octet
