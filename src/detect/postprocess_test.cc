#include "detect/postprocess.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/files.h"
#include "detect/recorded_for_test.h"

namespace octet {
namespace {

const std::string kTestdata = OCTET_SOURCE_DIR "/src/detect/testdata/";

// The toy network of testdata/make_fixtures.py.
ModelDescription toy_yolo() {
  ModelDescription description;
  description.input = {64, 64};
  YoloOutput fine;
  fine.output = "fine";
  fine.anchors = {{6, 9}, {20, 14}};
  fine.classes = 2;
  fine.scale_x_y = 1.05f;
  YoloOutput coarse = fine;
  coarse.output = "coarse";
  coarse.anchors = {{30, 40}, {50, 28}};
  coarse.scale_x_y = 1.2f;
  description.head = YoloHead{{fine, coarse}};
  return description;
}

std::vector<float> floats_of(const std::string& path) {
  const auto file = MappedFile::open(path);
  EXPECT_TRUE(file.ok()) << path;
  std::vector<float> values(file->bytes().size() / sizeof(float));
  std::memcpy(values.data(), file->bytes().data(), values.size() * sizeof(float));
  return values;
}

TEST(DetectionsFromOutputs, EqualThoseOfAnIndependentDecoder) {
  const std::vector<float> values = floats_of(kTestdata + "yolo_heads.f32");
  ASSERT_EQ(values.size(), 14u * (64 + 16));
  const std::span<const float> all(values);
  const std::vector<NamedOutput> outputs = {{"coarse", {1, 14, 4, 4}, all.subspan(14 * 64)}, {"fine", {1, 14, 8, 8}, all.first(14 * 64)}};
  const auto found = detections_from_outputs(toy_yolo(), outputs, {37, 53}, {0.05, 100});
  ASSERT_TRUE(found.ok()) << found.error().message;

  expect_recorded_detections(*found, kTestdata + "yolo_expected.txt", 20);
}

ModelDescription toy_ssd() {
  ModelDescription description;
  description.input = {300, 300};
  description.head = DetectionOutputHead{};
  description.resize = ResizeKind::kStretchTf1;
  return description;
}

std::vector<Detection> ssd_detections(const ModelDescription& description, const std::vector<float>& rows, const DetectOptions& options) {
  const std::vector<NamedOutput> outputs = {{"detections", {1, 1, static_cast<std::int64_t>(rows.size() / 7), 7}, rows}};
  const auto found = detections_from_outputs(description, outputs, {200, 100}, options);
  EXPECT_TRUE(found.ok()) << found.error().message;
  return *found;
}

TEST(DetectionsFromOutputs, ScalesRowsToTheImageAndStopsAtANegativeImage) {
  const auto found = ssd_detections(toy_ssd(), {0,  18, 0.5f, 0.1f,  0.2f, 0.5f, 0.75f,  //
                                                0,  1,  0.9f, -0.5f, 0,    1.5f, 1,      //
                                                -1, 1,  0.9f, 0,     0,    1,    1,      //
                                                0,  1,  0.9f, 0,     0,    1,    1},
                                    {0.1, 100});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].class_index, 1);
  EXPECT_EQ(found[0].box_px, (BoxXyxy{0, 0, 200, 100}));  // clipped
  EXPECT_EQ(found[1].class_index, 18);
  EXPECT_NEAR(found[1].box_px.x0, 20, 1e-4);
  EXPECT_NEAR(found[1].box_px.y1, 75, 1e-4);
}

TEST(DetectionsFromOutputs, LeavesBoxesWholeWhereTheModelDoesNotClip) {
  ModelDescription description = toy_ssd();
  description.clip = Clip::kNever;
  const auto found = ssd_detections(description, {0, 1, 0.9f, -0.5f, 0, 1.5f, 1}, {0.1, 100});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FLOAT_EQ(found[0].box_px.x0, -100);
}

// Two boxes that share the picture but little beside it: what is left of them is the same, of the whole the smaller part.
TEST(DetectionsFromOutputs, CutsBoxesBeforeOrAfterTheyAreSuppressed) {
  ModelDescription description;
  description.input = {100, 100};
  DenseHead head;
  head.boxes = {"boxes"};
  head.scores = {"scores"};
  head.classes = 1;
  head.box = DenseHead::Box::kCorners;
  description.head = head;
  const std::vector<float> boxes = {-90, 0, 10, 20, 0, 0, 10, 20}, scores = {0.9f, 0.8f};
  const auto found = [&](Clip clip) {
    description.clip = clip;
    return *detections_from_outputs(description, {{{"boxes", {1, 2, 4}, boxes}, {"scores", {1, 2, 1}, scores}}}, {100, 100}, {0.1, 100});
  };
  EXPECT_EQ(found(Clip::kBeforeSuppression).size(), 1u);
  ASSERT_EQ(found(Clip::kAfterSuppression).size(), 2u);
  EXPECT_EQ(found(Clip::kAfterSuppression)[0].box_px, (BoxXyxy{0, 0, 10, 20}));
  ASSERT_EQ(found(Clip::kNever).size(), 2u);
  EXPECT_EQ(found(Clip::kNever)[0].box_px.x0, -90);
}

TEST(DetectionsFromOutputs, KeepsTheBestAndDropsScoresAtTheThreshold) {
  const std::vector<float> rows = {0, 1, 0.5f, 0, 0, 1, 1, 0, 2, 0.75f, 0, 0, 1, 1, 0, 3, 0.25f, 0, 0, 1, 1};
  EXPECT_EQ(ssd_detections(toy_ssd(), rows, {0.25, 100}).size(), 2u);
  const auto best = ssd_detections(toy_ssd(), rows, {0.1, 1});
  ASSERT_EQ(best.size(), 1u);
  EXPECT_EQ(best[0].class_index, 2);
}

TEST(DetectionsFromOutputs, GiveNoBoxForRowsThatAreNotNumbers) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(ssd_detections(toy_ssd(), {0, 1,  nan,  0, 0, 1,        1, 0, nan,   0.9f, 0, 0, 1, 1, 0, 1, 0.9f, nan, 0, 1, 1,  //
                                         0, 1,  0.9f, 0, 0, infinity, 1, 0, 1e30f, 0.9f, 0, 0, 1, 1,                            //
                                         0, -1, 0.9f, 0, 0, 1,        1},
                             {0.1, 100})
                  .empty());
}

// The box of one cell whose center is 32,32 of 64 and whose size is 6x9, in a picture of the given size.
Result<std::vector<Detection>> detections_in_one_cell(ResizeKind resize, ImageSize picture) {
  ModelDescription description = toy_yolo();
  auto& outputs = std::get<YoloHead>(description.head).outputs;
  outputs.resize(1);
  outputs[0].anchors.resize(1);
  description.resize = resize;
  std::vector<float> values(7, 0.0f);
  values[4] = values[5] = 9;
  values[6] = -50;
  const std::vector<NamedOutput> found = {{"fine", {1, 7, 1, 1}, values}};
  return detections_from_outputs(description, found, picture, {0.1, 100});
}

// The picture, 50 x 100 pixels, lies in columns 16 to 47 of 64: the cell's center is its own.
TEST(DetectionsFromOutputs, UndoesTheLetterboxInTheMiddle) {
  const auto found = detections_in_one_cell(ResizeKind::kLetterbox, {50, 100});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_NEAR((*found)[0].box_px.x0, 25 - 3 / 0.64, 1e-4);
  EXPECT_NEAR((*found)[0].box_px.x1, 25 + 3 / 0.64, 1e-4);
  EXPECT_NEAR((*found)[0].box_px.y0, 50 - 4.5 / 0.64, 1e-4);
}

TEST(DetectionsFromOutputs, UndoesTheLetterbox) {
  const auto found = detections_in_one_cell(ResizeKind::kLetterboxCorner, {128, 100});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);  // ratio 0.5
  EXPECT_NEAR((*found)[0].box_px.x0, 58, 1e-4);
  EXPECT_NEAR((*found)[0].box_px.y1, 73, 1e-4);
}

TEST(DetectionsFromOutputs, NamesAnOutputThatIsMissing) {
  const std::vector<float> values(14 * 16);
  const std::vector<NamedOutput> outputs = {{"coarse", {1, 14, 4, 4}, values}};
  const auto found = detections_from_outputs(toy_yolo(), outputs, {37, 53});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "octet_heads names the output 'fine', the model has: coarse");
}

TEST(DetectionsFromOutputs, RefusesAnOutputThatIsNoDetectionOutput) {
  const std::vector<float> values(6);
  const std::vector<NamedOutput> outputs = {{"rows", {1, 1, 1, 6}, values}};
  const auto found = detections_from_outputs(toy_ssd(), outputs, {37, 53});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "output 'rows' is f32[1,1,1,6], not the f32[1,1,N,7] of a DetectionOutput, which octet_head promises");
}

TEST(CheckOutputs, RefusesEveryOtherTypeRankAndNumber) {
  const auto accepts = [](const ModelDescription& description, std::vector<OutputType> outputs) {
    const Status status = check_outputs(description, outputs);
    EXPECT_TRUE(status.ok() || status.error().code == ErrorCode::kMalformed);
    return status.ok();
  };
  using enum ElementType;
  EXPECT_TRUE(accepts(toy_ssd(), {{"rows", kF32, {1, 1, 9, 7}}}));
  EXPECT_FALSE(accepts(toy_ssd(), {{"rows", kI64, {1, 1, 9, 7}}}));
  EXPECT_FALSE(accepts(toy_ssd(), {{"rows", kF32, {1, 9, 7}}}));
  EXPECT_FALSE(accepts(toy_ssd(), {{"rows", kF32, {}}}));
  EXPECT_FALSE(accepts(toy_ssd(), {{"rows", kF32, {1, 1, 9, 7}}, {"more", kF32, {1, 1, 9, 7}}}));
  EXPECT_FALSE(accepts(toy_ssd(), {}));
  const OutputType fine{"fine", kF32, {1, 14, 8, 8}};
  EXPECT_TRUE(accepts(toy_yolo(), {fine, {"coarse", kF32, {1, 14, 4, 4}}}));
  EXPECT_FALSE(accepts(toy_yolo(), {fine, {"coarse", kI64, {1, 14, 4, 4}}}));
  EXPECT_FALSE(accepts(toy_yolo(), {fine, {"coarse", kU8, {1, 14, 4, 4}}}));
  EXPECT_FALSE(accepts(toy_yolo(), {fine, {"coarse", kF32, {1, 14, 16}}}));
  EXPECT_FALSE(accepts(toy_yolo(), {fine, {"coarse", kF32, {1, 14, 0, 4}}}));
  EXPECT_FALSE(accepts(toy_yolo(), {fine}));
}

TEST(DetectionsFromOutputs, RefuseAClassThatTheModelDoesNotHave) {
  ModelDescription description = toy_ssd();
  description.labels = {"background", "cat"};
  const std::vector<float> row = {0, 2, 0.9f, 0, 0, 1, 1};
  const std::vector<NamedOutput> outputs = {{"rows", {1, 1, 1, 7}, row}};
  const auto found = detections_from_outputs(description, outputs, {37, 53});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "output 'rows' speaks of class 2, but octet_labels of 2 classes");
}

}  // namespace
}  // namespace octet
