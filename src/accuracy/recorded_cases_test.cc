// What NumPy, Pillow and pycocotools made of the same boxes, numbers and pixels (testdata/record_cases.py).

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "accuracy/metrics.h"
#include "accuracy/pillow_resize.h"
#include "accuracy/subset.h"
#include "accuracy/suppression.h"

namespace octet::accuracy {
namespace {

using Json = nlohmann::json;

const Json& cases() {
  static const Json kCases = Json::parse(std::ifstream(OCTET_SOURCE_DIR "/src/accuracy/testdata/cases.json"));
  return kCases;
}

Box found_box(const Json& row) { return {row[2], row[3], row[4], row[5], row[1], row[0]}; }

Evaluated recorded_images() {
  Evaluated evaluated{.images = {}, .labels = {{1, "one"}, {2, "two"}, {3, "three"}}, .threads = 2};
  for (const Json& recorded : cases()["images"]) {
    EvaluatedImage image{std::to_string(evaluated.images.size()), {}, {}};
    for (const Json& row : recorded["truth"]) {
      if (row[6]) image.truth.difficult.push_back(image.truth.boxes.size());
      image.truth.boxes.push_back({row[1], row[2], row[3], row[4], 1, row[0], row[5]});
    }
    for (const Json& row : recorded["found"]) image.found.boxes.push_back(found_box(row));
    evaluated.images.push_back(std::move(image));
  }
  return evaluated;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

TEST(RecordedCases, MetricsGiveTheFiguresOfTheirFormulas) {
  const Evaluated evaluated = recorded_images();
  for (const auto& [settings, expected] : cases()["metrics"].items()) {
    const auto metrics = make_metrics(YAML::Load("[" + settings + "]"));
    ASSERT_TRUE(metrics.ok()) << metrics.error().message;
    EXPECT_NEAR(mean(metrics->front().compute(evaluated).values), expected.get<double>(), 1e-7) << settings;
  }
}

std::vector<Box> boxes_to_suppress() {
  std::vector<Box> boxes;
  for (const Json& row : cases()["suppressed"]["boxes"]) boxes.push_back(found_box(row));
  return boxes;
}

TEST(RecordedCases, SuppressionKeepsTheSameBoxesInTheSameOrder) {
  const std::vector<Box> boxes = boxes_to_suppress();
  const Json& recorded = cases()["suppressed"];
  const auto expected = [&](const char* name) { return recorded[name].get<std::vector<std::size_t>>(); };
  EXPECT_EQ(suppress(boxes, {.overlap = 0.3}), expected("nms"));
  EXPECT_EQ(suppress(boxes, {.include_boundaries = false}), expected("nms without boundaries"));
  EXPECT_EQ(suppress(boxes, {.overlap = 0.2, .by_distance = true}), expected("diou_nms"));
}

// Upstream gives the scores, in the order in which boxes were taken, to the boxes that are left, in theirs.
TEST(RecordedCases, SoftSuppressionGivesScoresInTheOrderOfTaking) {
  ImageBoxes found{boxes_to_suppress(), {}};
  const std::vector<Box> before = found.boxes;
  suppress_softly(found, {.sigma = 0.5, .min_score = 0.3});
  std::vector<std::size_t> kept;
  std::vector<double> scores;
  for (const Json& taken : cases()["suppressed"]["soft_nms"]) {
    kept.push_back(taken[0]);
    scores.push_back(taken[1]);
  }
  std::ranges::sort(kept);
  ASSERT_EQ(found.boxes.size(), kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(found.boxes[i].x0, before[kept[i]].x0) << i;
    EXPECT_NEAR(found.boxes[i].score, scores[i], 1e-6) << i;
  }
}

TEST(RecordedCases, PermutationsAreThoseOfNumPysLegacyGenerator) {
  for (const Json& recorded : cases()["permutations"])
    EXPECT_EQ(numpy_permutation(recorded["seed"], recorded["count"]), recorded["order"].get<std::vector<std::size_t>>());
}

TEST(RecordedCases, PillowResizeGivesPillowsBytes) {
  for (const Json& recorded : cases()["pillow"]) {
    auto source = recorded["source"].get<std::vector<std::uint8_t>>();
    const cv::Mat pixels(11, 17, CV_8UC3, source.data());
    const ImageSize size{recorded["size"][0], recorded["size"][1]};
    const auto filter = recorded["filter"] == "BICUBIC" ? PillowFilter::kBicubic : PillowFilter::kBilinear;
    const cv::Mat resized = pillow_resize(pixels, size, filter);
    ASSERT_TRUE(resized.isContinuous());
    EXPECT_EQ(std::vector<std::uint8_t>(resized.data, resized.data + resized.total() * 3),
              recorded["result"].get<std::vector<std::uint8_t>>())
        << recorded["filter"] << " " << size.width << "x" << size.height;
  }
}

}  // namespace
}  // namespace octet::accuracy
