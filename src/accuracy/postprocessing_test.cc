#include "accuracy/postprocessing.h"

#include <gtest/gtest.h>

#include "accuracy/suppression.h"

namespace octet::accuracy {
namespace {

struct Sides {
  ImageBoxes truth, found;
};

// A picture of 200x100 that a resize to 50x25 and a padding to 50x50 prepared.
Frame letterboxed() {
  Frame frame{.source = {200, 100}, .resized = {50, 25}, .preferred = {50, 50}, .network = {50, 50}, .paddings = {}};
  frame.scale_x = frame.scale_y = 0.25;
  frame.resizes = 1;
  frame.paddings.push_back({0, 0, 25, 0, {50, 50}});
  return frame;
}

Result<Sides> processed(const char* steps, Sides sides, const Frame& frame = {.source = {200, 100}, .paddings = {}}) {
  OCTET_ASSIGN(const auto postprocessing, make_postprocessing(YAML::Load(steps)));
  for (const Postprocessor& step : postprocessing) OCTET_RETURN_IF_ERROR(step(sides.truth, sides.found, frame));
  return sides;
}

Sides found(std::vector<Box> boxes) { return {{}, {std::move(boxes), {}}}; }

std::string error_of(const char* steps) {
  const auto result = processed(steps, {});
  return result.ok() ? "" : result.error().message;
}

void expect_corners(const Box& box, double x0, double y0, double x1, double y1) {
  EXPECT_NEAR(box.x0, x0, 1e-9);
  EXPECT_NEAR(box.y0, y0, 1e-9);
  EXPECT_NEAR(box.x1, x1, 1e-9);
  EXPECT_NEAR(box.y1, y1, 1e-9);
}

TEST(Postprocessing, BringsBoxesBackToThePicture) {
  const std::vector<Box> half{{0, 0, 0.5, 0.5}};
  expect_corners(processed("[resize_prediction_boxes]", found(half))->found.boxes[0], 0, 0, 100, 50);
  const auto rescaled = processed("[{type: resize_prediction_boxes, rescale: True}]", found({{5, 5, 10, 10}}), letterboxed());
  expect_corners(rescaled->found.boxes[0], 20, 20, 40, 40);
  const auto unpadded = processed("[{type: resize_prediction_boxes, unpadding: True}]", found(half), letterboxed());
  expect_corners(unpadded->found.boxes[0], 0, 0, 100, 100);
  const auto frcnn = processed("[{type: faster_rcnn_postprocessing_resize, size: 50}]", found(half), letterboxed());
  expect_corners(frcnn->found.boxes[0], 0, 0, 100, 100);
}

TEST(Postprocessing, ClipsRoundsShiftsAndNormalizes) {
  const Sides sides{{{{-5, -5, 300, 300}}, {}}, {{{-5.5, 2.5, 300, 3.5, 1, 4}}, {}}};
  const auto clipped = processed("[{type: clip_boxes, apply_to: prediction}]", sides);
  expect_corners(clipped->found.boxes[0], 0, 2.5, 200, 3.5);
  expect_corners(clipped->truth.boxes[0], -5, -5, 300, 300);
  expect_corners(processed("[{type: clip_boxes, apply_to: annotation, size: 64}]", sides)->truth.boxes[0], 0, 0, 64, 64);
  expect_corners(processed("[cast_to_int]", sides)->found.boxes[0], -6, 2, 300, 4);
  expect_corners(processed("[{type: cast_to_int, round_policy: lower}]", sides)->found.boxes[0], -6, 2, 300, 3);
  EXPECT_EQ(processed("[{type: shift_labels, offset: 1}]", sides)->found.boxes[0].label, 5);
  expect_corners(processed("[normalize_boxes]", sides)->truth.boxes[0], -0.025, -0.05, 1.5, 3);
}

TEST(Filter, RemovesOrMarks) {
  const std::vector<Box> boxes{{0, 0, 10, 50, 0.9f}, {0, 0, 10, 5, 0.8f}, {0, 0, 0, 60, 0.001f}};
  const auto marked = processed("[{type: filter, apply_to: prediction, height_range: '10, 55', is_empty: True}]", found(boxes));
  EXPECT_EQ(marked->found.boxes.size(), 3u);
  EXPECT_EQ(marked->found.difficult, (std::vector<std::size_t>{1, 2, 2}));
  const auto removed = processed("[{type: filter, apply_to: prediction, min_confidence: 0.01, remove_filtered: True}]", found(boxes));
  EXPECT_EQ(removed->found.boxes.size(), 2u);
  const auto best = processed("[{type: filter, apply_to: prediction, top_k: 1, remove_filtered: True}]", found(boxes));
  ASSERT_EQ(best->found.boxes.size(), 1u);
  EXPECT_EQ(best->found.boxes[0].score, 0.9f);
  const auto truth = processed("[{type: filter, apply_to: annotation, min_confidence: 2, area_ratio: 0.1}]", {{boxes, {}}, {}});
  EXPECT_EQ(truth->truth.difficult, (std::vector<std::size_t>{1, 2}));  // sqrt(500 / 20000) is 0.158, sqrt(50 / 20000) 0.05
}

TEST(Filter, NamesWhatItLacks) {
  EXPECT_NE(error_of("[{type: filter, apply_to: prediction, odd_filter: 1}]").find("'odd_filter'"), std::string::npos);
  EXPECT_NE(error_of("[{type: filter, min_confidence: 1}]").find("'apply_to' is missing"), std::string::npos);
  EXPECT_NE(error_of("[{type: filter, apply_to: all, height_range: high}]").find("'height_range'"), std::string::npos);
}

TEST(Suppression, LooksAtLabelsOnlyWhereItIsTold) {
  const std::vector<Box> boxes{{0, 0, 10, 10, 0.9f, 1}, {0, 0, 10, 10, 0.8f, 2}, {0, 0, 10, 9, 0.7f, 1}};
  EXPECT_EQ(processed("[nms]", found(boxes))->found.boxes.size(), 1u);
  const auto aware = processed("[class_aware_nms]", found(boxes));
  ASSERT_EQ(aware->found.boxes.size(), 2u);
  EXPECT_EQ(aware->found.boxes[1].label, 2);
}

// Centres 10 apart in boxes of 10x10: without its distance the pair overlaps by 1/3.
TEST(Suppression, SparesWhatIsFarApartWhereItGoesByDistance) {
  const std::vector<Box> boxes{{0, 0, 10, 10, 0.9f}, {5, 0, 15, 10, 0.8f}};
  EXPECT_EQ(suppress(boxes, {.overlap = 0.3, .include_boundaries = false}).size(), 1u);
  EXPECT_EQ(suppress(boxes, {.overlap = 0.3, .include_boundaries = false, .by_distance = true}).size(), 2u);
}

TEST(Suppression, LooksAtTheBestOnly) {
  const std::vector<Box> boxes{{0, 0, 1, 1, 0.1f}, {50, 50, 60, 60, 0.9f}};
  EXPECT_EQ(suppress(boxes, {.keep_top = 1}), (std::vector<std::size_t>{1}));
  EXPECT_EQ(suppress(boxes, {.keep_top = 0}).size(), 2u);
}

TEST(Suppression, MergesByScore) {
  ImageBoxes boxes{{{0, 0, 10, 10, 0.75f, 3}, {2, 0, 12, 10, 0.25f, 4}, {50, 50, 60, 60, 0.5f, 5}}, {}};
  suppress_weighted(boxes, 0.3);
  ASSERT_EQ(boxes.boxes.size(), 2u);
  expect_corners(boxes.boxes[0], 0.5, 0, 10.5, 10);
  EXPECT_EQ(boxes.boxes[0].score, 0.5f);
  EXPECT_EQ(boxes.boxes[1].label, 3);
}

TEST(Postprocessing, NamesWhatItLacks) {
  EXPECT_NE(error_of("[{type: odd_nms}]").find("postprocessor 'odd_nms'"), std::string::npos);
  EXPECT_NE(error_of("[{type: nms, odd: 1}]").find("'odd'"), std::string::npos);
  EXPECT_NE(error_of("[{type: nms, overlap: 2}]").find("'overlap' must be 0 to 1"), std::string::npos);
  EXPECT_NE(error_of("[{type: soft_nms, sigma: 0}]").find("'sigma'"), std::string::npos);
  EXPECT_NE(error_of("{type: nms}").find("must be a list"), std::string::npos);
}

}  // namespace
}  // namespace octet::accuracy
