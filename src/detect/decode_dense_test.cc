#include "detect/decoders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/files.h"
#include "detect/postprocess.h"
#include "detect/recorded_for_test.h"

namespace octet {
namespace {

ModelDescription described(DenseHead head, ImageSize input) {
  ModelDescription description;
  description.input = input;
  description.head = std::move(head);
  description.suppression.iou_limit = 0.5f;
  return description;
}

std::vector<Candidate> decoded(const DenseHead& head, std::span<const float> values, const Shape& shape, double threshold) {
  const NamedOutput output{head.boxes[0], shape, values};
  std::vector<Candidate> candidates;
  EXPECT_TRUE(decode(head, described(head, {64, 32}), std::span(&output, 1), threshold, candidates).ok());
  return candidates;
}

DenseHead head_of(std::vector<std::string> outputs, int classes) {
  DenseHead head;
  head.boxes = head.scores = head.objectness = std::move(outputs);
  head.classes = classes;
  return head;
}

// YOLOv8's, as it leaves the convolutions.
DenseHead raw_head_of(std::vector<std::string> outputs, int classes, int bins) {
  DenseHead head = head_of(std::move(outputs), classes);
  head.box = DenseHead::Box::kDistances;
  head.score = DenseHead::Score::kLogit;
  head.bins = bins;
  return head;
}

void expect_box(const Candidate& found, double x0, double y0, double x1, double y1) {
  EXPECT_NEAR(found.x0, x0, 1e-5);
  EXPECT_NEAR(found.y0, y0, 1e-5);
  EXPECT_NEAR(found.x1, x1, 1e-5);
  EXPECT_NEAR(found.y1, y1, 1e-5);
}

TEST(DecodeDense, TakesDecodedBoxesAsTheyAre) {
  // Two candidates: a box around 20,10 of 8x4 pixels with scores 0.9 and 0.3, and a silent one; as columns, then as rows.
  const std::vector<float> columns = {20, 1, 10, 1, 8, 1, 4, 1, 0.9f, 0.1f, 0.3f, 0.25f};
  const std::vector<float> rows = {20, 10, 8, 4, 0.9f, 0.3f, 1, 1, 1, 1, 0.1f, 0.25f};
  for (const auto& [values, shape] : {std::pair(columns, Shape{1, 6, 2}), std::pair(rows, Shape{1, 2, 6}), std::pair(rows, Shape{2, 6})}) {
    const auto found = decoded(head_of({"out"}, 2), values, shape, 0.25);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].class_index, 0);
    EXPECT_FLOAT_EQ(static_cast<float>(found[0].score), 0.9f);
    EXPECT_EQ(found[1].class_index, 1);
    expect_box(found[0], 16, 8, 24, 12);
  }
}

TEST(DecodeDense, TakesTheMeanOfTheDistanceDistributions) {
  // One row of two cells of 32x32 pixels. In cell 1, whose centre is 48,16, the distances are 0.5 (equal logits), 0 and 1 (certain)
  // and 0.25 (odds of 3 to 1).
  const float sure = 200, odds = std::log(3.0f);
  const std::vector<float> values = {0, 0, 0, 0, 0, sure, 0, 0, 0, 0, 0, sure, 0, odds, 0, 0, -9, 0};
  const auto found = decoded(raw_head_of({"out"}, 1, 2), values, {1, 9, 1, 2}, 0.25);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_DOUBLE_EQ(found[0].score, 0.5);
  expect_box(found[0], 48 - 16, 16, 48 + 32, 16 + 8);
}

// The second of two cells of 32x32 pixels, whose centre is 48,16.
TEST(DecodeDense, TakesDistancesInPixels) {
  DenseHead head = head_of({"out"}, 1);
  head.box = DenseHead::Box::kPixelDistances;
  const auto found = decoded(head, std::vector<float>{0, 10, 0, 5, 0, 3, 0, 2, 0.1f, 0.9f}, {1, 5, 1, 2}, 0.25);
  ASSERT_EQ(found.size(), 1u);
  expect_box(found[0], 38, 11, 51, 18);
}

// One class: a column of scores without a batch.
TEST(DecodeDense, TakesOneColumnWithoutABatch) {
  DenseHead head = head_of({"boxes"}, 1);
  head.scores = {"scores"};
  const std::vector<float> boxes = {20, 10, 8, 4, 1, 1, 1, 1}, scores = {0.9f, 0.1f};
  const NamedOutput outputs[] = {{"boxes", {2, 4}, boxes}, {"scores", {2, 1}, scores}};
  std::vector<Candidate> candidates;
  ASSERT_TRUE(decode(head, described(head, {64, 32}), outputs, 0.25, candidates).ok());
  ASSERT_EQ(candidates.size(), 1u);
  expect_box(candidates[0], 16, 8, 24, 12);
}

// Maps of 2x1 cells with two anchors and of one cell with one, in an input of 64x32. The second anchor of the second cell is of 20x10
// pixels around (48, 16): offsets of 5 and -2.5, of which 0.1 counts, move it by half its width and a quarter of its height, and 5 ln 2, of
// which 0.2 counts, makes it twice as wide.
TEST(DecodeDense, MovesAnchors) {
  DenseHead head = head_of({"out"}, 2);
  head.anchor_maps = {{2, 1, {{8, 8}, {20, 10}}}, {1, 1, {{40, 30}}}};
  const float wide = 5 * std::log(2.0f);
  std::vector<float> values(5 * 6);
  const std::vector<float> xy = {5, -2.5f, wide, 0, 0.9f, 0}, yx = {-2.5f, 5, 0, wide, 0.9f, 0};
  for (const auto& [box, row] : {std::pair(DenseHead::Box::kAnchorOffsets, xy), std::pair(DenseHead::Box::kAnchorOffsetsYx, yx)}) {
    head.box = box;
    std::ranges::copy(row, values.begin() + 3 * 6);
    const auto found = decoded(head, values, {1, 5, 6}, 0.25);
    ASSERT_EQ(found.size(), 1u);
    expect_box(found[0], 48 + 10 - 20, 16 - 2.5 - 5, 48 + 10 + 20, 16 - 2.5 + 5);
  }
  const OutputType rows{"out", ElementType::kF32, {1, 7, 6}};
  EXPECT_EQ(check_outputs(head, described(head, {64, 32}), std::span(&rows, 1)).error().message,
            "output 'out' has 7 candidates, but octet_anchors makes 5 there");
}

// YOLOX: strides 16 and 32 of an input of 64x32 are 4x2 and 2x1 cells. In the last, whose corner is 32,0: centre at (0.25, 0.5) of it, and
// sides of 32 and 64 pixels; objectness 0.5, class 0.8.
TEST(DecodeDense, TakesOffsetsInCellsTimesObjectness) {
  DenseHead head = head_of({"out"}, 1);
  head.box = DenseHead::Box::kGridCenter;
  head.has_objectness = true;
  head.strides = {16, 32};
  head.cell_offset = 0;
  std::vector<float> values(10 * 6, 0.0f);
  const std::vector<float> last = {0.25f, 0.5f, 0, std::log(2.0f), 0.5f, 0.8f};
  std::ranges::copy(last, values.end() - 6);
  const auto found = decoded(head, values, {1, 10, 6}, 0.1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 0.4, 1e-6);
  expect_box(found[0], 40 - 16, 16 - 32, 40 + 16, 16 + 32);
}

// NanoDet: scores and distances apart, a pair a stride, the cells' places in their middle.
TEST(DecodeDense, TakesLevelsWhoseScoresAreInOtherOutputs) {
  DenseHead head = raw_head_of({"b16", "b32"}, 2, 0);
  head.scores = {"s16", "s32"};
  head.score = DenseHead::Score::kProbability;
  head.strides = {16, 32};
  std::vector<float> b16(8 * 4), s16(8 * 2), b32 = {0, 0, 0, 0, 0.5f, 0.25f, 1, 0.5f}, s32 = {0, 0, 0, 0.75f};
  const std::vector<NamedOutput> outputs = {
      {"s32", {1, 2, 2}, s32}, {"s16", {1, 8, 2}, s16}, {"b32", {1, 2, 4}, b32}, {"b16", {1, 8, 4}, b16}};
  std::vector<Candidate> found;
  ASSERT_TRUE(decode(head, described(head, {64, 32}), outputs, 0.1, found).ok());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].class_index, 1);
  expect_box(found[0], 48 - 16, 16 - 8, 48 + 32, 16 + 16);
}

TEST(DecodeDense, TakesScoresBeforeBoxes) {
  DenseHead head = head_of({"out"}, 1);
  head.scores_first = true;
  head.box = DenseHead::Box::kCornersYx;
  const auto found = decoded(head, std::vector<float>{0.5f, 1, 2, 3, 4}, {1, 1, 5}, 0.1);
  ASSERT_EQ(found.size(), 1u);
  expect_box(found[0], 2, 1, 4, 3);
}

// Odds of 1 to 2 to 1 for the background and two classes.
TEST(DecodeDense, LeavesTheBackgroundOut) {
  DenseHead head = head_of({"out"}, 2);
  head.score = DenseHead::Score::kSoftmax;
  head.background = DenseHead::Background::kFirst;
  const std::vector<float> values = {0, 0, 1, 1, 0, std::log(2.0f), 0};
  auto found = decoded(head, values, {1, 1, 7}, 0.1);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].class_index, 1);
  EXPECT_NEAR(found[0].score, 0.5, 1e-6);
  EXPECT_TRUE(has_background(described(head, {64, 32})));
  EXPECT_EQ(class_count(described(head, {64, 32})), 3);
  head.background = DenseHead::Background::kLast;
  found = decoded(head, values, {1, 1, 7}, 0.1);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].class_index, 1);
  EXPECT_NEAR(found[1].score, 0.5, 1e-6);
}

TEST(DecodeDense, GivesNoBoxForWhatIsNotANumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  for (const std::vector<float>& values : {std::vector<float>{nan, 1, 1, 1, 0.9f}, {1, 1, infinity, 1, 0.9f}, {1, 1, 1, 1, nan}})
    EXPECT_TRUE(decoded(head_of({"out"}, 1), values, {1, 5, 1}, 0.1).empty());
  EXPECT_TRUE(decoded(raw_head_of({"out"}, 1, 1), std::vector<float>{infinity, 0, 0, 0, 9}, {1, 5, 1, 1}, 0.1).empty());
}

TEST(DecodeDense, RefusesOutputsOfAnotherForm) {
  const auto error_of = [](const DenseHead& head, const OutputType& output) {
    const Status status = check_outputs(head, described(head, {640, 640}), std::span(&output, 1));
    return status.ok() ? "no error" : status.error().message;
  };
  const DenseHead decoded_head = head_of({"out"}, 80), raw = raw_head_of({"out"}, 80, 16);
  EXPECT_EQ(error_of(decoded_head, {"out", ElementType::kF32, {1, 84, 8400}}), "no error");
  EXPECT_EQ(error_of(raw, {"out", ElementType::kF32, {1, 144, 80, 80}}), "no error");
  EXPECT_EQ(error_of(decoded_head, {"other", ElementType::kF32, {1, 84, 8400}}),
            "octet_boxes names the output 'out', the model has: other");
  EXPECT_EQ(error_of(decoded_head, {"out", ElementType::kI64, {1, 84, 8400}}),
            "output 'out' is i64[1,84,8400], but octet_head dense needs f32 with 84 columns there");
  EXPECT_EQ(error_of(raw, {"out", ElementType::kF32, {1, 84, 8400}}),
            "output 'out' is f32[1,84,8400], but octet_head dense needs f32 with 144 columns there");
  EXPECT_EQ(error_of(raw, {"out", ElementType::kF32, {1, 144, 8400}}),
            "output 'out' has 8400 candidates, but octet_strides [] of an input of 640x640 make 0");
  EXPECT_NE(error_of(decoded_head, {"out", ElementType::kF32, {1, 84, 0}}), "no error");
  EXPECT_NE(error_of(DenseHead(), {"out", ElementType::kF32, {1, 84, 8400}}), "no error");
}

const std::string kTestdata = OCTET_SOURCE_DIR "/src/detect/testdata/";

std::vector<float> floats_of(const std::string& path) {
  const auto file = MappedFile::open(path);
  EXPECT_TRUE(file.ok()) << path;
  std::vector<float> values(file->bytes().size() / sizeof(float));
  std::memcpy(values.data(), file->bytes().data(), values.size() * sizeof(float));
  return values;
}

void expect_recorded(const DenseHead& head, std::span<const NamedOutput> outputs, const std::string& recorded) {
  const auto found = detections_from_outputs(described(head, {64, 32}), outputs, {100, 50}, {0.2, 100});
  ASSERT_TRUE(found.ok()) << found.error().message;
  expect_recorded_detections(*found, kTestdata + recorded, 10);
}

TEST(DecodeDense, FindsWhatNumPyFindsInDecodedBoxes) {
  const std::vector<float> values = floats_of(kTestdata + "yolov8_decoded.f32");
  const NamedOutput output{"out", {1, 7, 60}, values};
  expect_recorded(head_of({"out"}, 3), std::span(&output, 1), "yolov8_decoded_expected.txt");
}

TEST(DecodeDense, FindsWhatNumPyFindsInRawOutputs) {
  const std::vector<float> values = floats_of(kTestdata + "yolov8_raw.f32");
  const std::span<const float> all(values);
  ASSERT_EQ(all.size(), 35u * (32 + 8));
  const std::vector<NamedOutput> outputs = {{"p3", {1, 35, 4, 8}, all.first(35 * 32)}, {"p4", {1, 35, 2, 4}, all.subspan(35 * 32)}};
  expect_recorded(raw_head_of({"p3", "p4"}, 3, 8), outputs, "yolov8_raw_expected.txt");
}

}  // namespace
}  // namespace octet
