#include "detect/decoders.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "base/files.h"
#include "detect/postprocess.h"

namespace octet {
namespace {

ModelDescription described(Yolov8Head head, ImageSize input) {
  ModelDescription description;
  description.input = input;
  description.head = std::move(head);
  description.suppression.iou_limit = 0.5f;
  return description;
}

std::vector<Candidate> decoded(const Yolov8Head& head, std::span<const float> values, const Shape& shape, double threshold) {
  const NamedOutput output{head.outputs[0], shape, values};
  std::vector<Candidate> candidates;
  EXPECT_TRUE(decode(head, described(head, {64, 32}), std::span(&output, 1), threshold, candidates).ok());
  return candidates;
}

TEST(DecodeYolov8, TakesDecodedBoxesAsTheyAre) {
  const Yolov8Head head{{"out"}, 2, 0};
  // Two cells: a box around 20,10 of 8x4 pixels with scores 0.9 and 0.3, and a silent one.
  const std::vector<float> values = {20, 1, 10, 1, 8, 1, 4, 1, 0.9f, 0.1f, 0.3f, 0.25f};
  const auto found = decoded(head, values, {1, 6, 2}, 0.25);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].class_index, 0);
  EXPECT_FLOAT_EQ(static_cast<float>(found[0].score), 0.9f);
  EXPECT_EQ(found[1].class_index, 1);
  EXPECT_EQ(found[0].x0, 16);
  EXPECT_EQ(found[0].y0, 8);
  EXPECT_EQ(found[0].x1, 24);
  EXPECT_EQ(found[0].y1, 12);
}

TEST(DecodeYolov8, TakesTheMeanOfTheDistanceDistributions) {
  const Yolov8Head head{{"out"}, 1, 2};
  // One row of two cells of 32x32 pixels. In cell 1, whose centre is 48,16, the distances are 0.5 (equal logits), 0 and 1 (certain)
  // and 0.25 (odds of 3 to 1).
  const float sure = 200, odds = std::log(3.0f);
  const std::vector<float> values = {0, 0, 0, 0, 0, sure, 0, 0, 0, 0, 0, sure, 0, odds, 0, 0, -9, 0};
  const auto found = decoded(head, values, {1, 9, 1, 2}, 0.25);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_DOUBLE_EQ(found[0].score, 0.5);
  EXPECT_DOUBLE_EQ(found[0].x0, 48 - 16);
  EXPECT_DOUBLE_EQ(found[0].y0, 16);
  EXPECT_DOUBLE_EQ(found[0].x1, 48 + 32);
  EXPECT_NEAR(found[0].y1, 16 + 8, 1e-5);
}

TEST(DecodeYolov8, GivesNoBoxForWhatIsNotANumber) {
  const Yolov8Head head{{"out"}, 1, 0};
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  for (const std::vector<float>& values : {std::vector<float>{nan, 1, 1, 1, 0.9f}, {1, 1, infinity, 1, 0.9f}, {1, 1, 1, 1, nan}})
    EXPECT_TRUE(decoded(head, values, {1, 5, 1}, 0.1).empty());
  const Yolov8Head raw{{"out"}, 1, 1};
  EXPECT_TRUE(decoded(raw, std::vector<float>{infinity, 0, 0, 0, 9}, {1, 5, 1, 1}, 0.1).empty());
}

TEST(DecodeYolov8, RefusesOutputsOfAnotherForm) {
  const auto error_of = [](const Yolov8Head& head, const OutputType& output) {
    const Status status = check_outputs(head, std::span(&output, 1));
    return status.ok() ? "no error" : status.error().message;
  };
  const Yolov8Head decoded_head{{"out"}, 80, 0}, raw{{"out"}, 80, 16};
  EXPECT_EQ(error_of(decoded_head, {"out", ElementType::kF32, {1, 84, 8400}}), "no error");
  EXPECT_EQ(error_of(raw, {"out", ElementType::kF32, {1, 144, 80, 80}}), "no error");
  EXPECT_EQ(error_of(decoded_head, {"other", ElementType::kF32, {1, 84, 8400}}),
            "octet_outputs names the output 'out', the model has: other");
  EXPECT_EQ(error_of(decoded_head, {"out", ElementType::kI64, {1, 84, 8400}}),
            "output 'out' is i64[1,84,8400], but octet_head yolov8 of 80 classes needs f32[1,84,cells]");
  EXPECT_EQ(error_of(raw, {"out", ElementType::kF32, {1, 84, 8400}}),
            "output 'out' is f32[1,84,8400], but octet_head yolov8 of 80 classes needs f32[1,144,height,width]");
  EXPECT_NE(error_of(decoded_head, {"out", ElementType::kF32, {1, 84, 0}}), "no error");
}

const std::string kTestdata = OCTET_SOURCE_DIR "/src/detect/testdata/";

std::vector<float> floats_of(const std::string& path) {
  const auto file = MappedFile::open(path);
  EXPECT_TRUE(file.ok()) << path;
  std::vector<float> values(file->bytes().size() / sizeof(float));
  std::memcpy(values.data(), file->bytes().data(), values.size() * sizeof(float));
  return values;
}

void expect_recorded(const Yolov8Head& head, std::span<const NamedOutput> outputs, const std::string& recorded) {
  const auto found = detections_from_outputs(described(head, {64, 32}), outputs, {100, 50}, {0.2, 100});
  ASSERT_TRUE(found.ok()) << found.error().message;
  std::ifstream expected(kTestdata + recorded);
  std::size_t count = 0;
  int label;
  double score, x0, y0, x1, y1;
  for (; expected >> label >> score >> x0 >> y0 >> x1 >> y1; ++count) {
    ASSERT_LT(count, found->size());
    const Detection& detection = (*found)[count];
    EXPECT_EQ(detection.class_index, label) << "line " << count + 1;
    EXPECT_NEAR(detection.score, score, 1e-6);
    EXPECT_NEAR(detection.box_px.x0, x0, 1e-4);
    EXPECT_NEAR(detection.box_px.y0, y0, 1e-4);
    EXPECT_NEAR(detection.box_px.x1, x1, 1e-4);
    EXPECT_NEAR(detection.box_px.y1, y1, 1e-4);
  }
  EXPECT_EQ(count, found->size());
  EXPECT_GT(count, 10u);
}

TEST(DecodeYolov8, FindsWhatNumPyFindsInDecodedBoxes) {
  const std::vector<float> values = floats_of(kTestdata + "yolov8_decoded.f32");
  const NamedOutput output{"out", {1, 7, 60}, values};
  expect_recorded({{"out"}, 3, 0}, std::span(&output, 1), "yolov8_decoded_expected.txt");
}

TEST(DecodeYolov8, FindsWhatNumPyFindsInRawOutputs) {
  const std::vector<float> values = floats_of(kTestdata + "yolov8_raw.f32");
  const std::span<const float> all(values);
  ASSERT_EQ(all.size(), 35u * (32 + 8));
  const std::vector<NamedOutput> outputs = {{"p3", {1, 35, 4, 8}, all.first(35 * 32)}, {"p4", {1, 35, 2, 4}, all.subspan(35 * 32)}};
  expect_recorded({{"p3", "p4"}, 3, 8}, outputs, "yolov8_raw_expected.txt");
}

}  // namespace
}  // namespace octet
