#include "graph/detection_output.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace octet {
namespace {

struct Scene {
  DetectionOutput op;
  std::vector<float> scores;                 // [images, priors, classes]
  std::vector<std::array<float, 4>> priors;  // corners; codes are zero, so they are the boxes
  std::int64_t classes = 2, images = 1;
};

std::vector<float> run(const Scene& scene) {
  const auto count = static_cast<std::int64_t>(scene.priors.size());
  std::vector<float> priors;
  for (const auto& prior : scene.priors) priors.insert(priors.end(), prior.begin(), prior.end());
  const std::vector<float> codes(static_cast<std::size_t>(4 * count * scene.images), 0.0f);
  std::vector<float> rows(static_cast<std::size_t>(scene.images * scene.op.keep_top_k * 7), 99.0f);
  DetectionScratch scratch;
  detection_output(scene.op, {scene.images, count, scene.classes}, codes, scene.scores, priors, rows, scratch);
  return rows;
}

using Rows = std::vector<std::vector<float>>;  // image, class, score, x0

Rows found_rows(const Scene& scene) {
  const auto rows = run(scene);
  Rows found;
  for (std::size_t i = 0; i < rows.size() && rows[i] >= 0; i += 7) found.push_back({rows[i], rows[i + 1], rows[i + 2], rows[i + 3]});
  return found;
}

DetectionOutput options(std::int64_t keep_top_k) {
  DetectionOutput op;
  op.keep_top_k = keep_top_k;
  op.nms_threshold = 0.5f;
  op.confidence_threshold = 0.1f;
  return op;
}

TEST(DetectionOutput, DropsAWorseOverlapOfTheSameClassOnly) {
  // Boxes 0 and 1 have an IoU of 0.75; box 2 lies apart. Classes: background, a, b.
  const Scene scene{options(9), {0, .6f, .2f, 0, .7f, 0, 0, .5f, 0}, {{0, 0, .875f, 1}, {.125f, 0, 1, 1}, {2, 2, 3, 3}}, 3};
  EXPECT_EQ(found_rows(scene), (Rows{{0, 1, .7f, .125f}, {0, 1, .5f, 2}, {0, 2, .2f, 0}}));
}

TEST(DetectionOutput, KeepsAnOverlapThatEqualsTheThreshold) {
  Scene scene{options(9), {0, .6f, 0, .5f}, {{0, 0, 1, 1}, {0, 0, 1, .5f}}, 2};
  EXPECT_EQ(found_rows(scene).size(), 2u);
  scene.op.nms_threshold = 0.49f;
  EXPECT_EQ(found_rows(scene).size(), 1u);
}

TEST(DetectionOutput, TakesScoresStrictlyAboveTheThresholdAndNoNan) {
  const Scene scene{options(9), {0, .1f, 0, std::nanf(""), 0, .11f}, {{0, 0, 1, 1}, {2, 0, 3, 1}, {4, 0, 5, 1}}, 2};
  EXPECT_EQ(found_rows(scene), (Rows{{0, 1, .11f, 4}}));
}

TEST(DetectionOutput, CutsByScoreAndThenByLowerPrior) {
  const Scene scene{options(2), {0, .3f, .5f, 0, .5f, .5f, 0, .4f, .4f}, {{0, 0, 1, 1}, {2, 0, 3, 1}, {4, 0, 5, 1}}, 3};
  EXPECT_EQ(found_rows(scene), (Rows{{0, 1, .5f, 2}, {0, 2, .5f, 0}}));
}

TEST(DetectionOutput, TopKCutsEachClassBeforeSuppression) {
  // Of class 1 the two best are taken, of which one suppresses the other; the third would have survived.
  Scene scene{options(9), {0, .9f, 0, .8f, 0, .7f}, {{0, 0, 1, 1}, {0, 0, 1, 1}, {4, 0, 5, 1}}, 2};
  scene.op.top_k = 2;
  EXPECT_EQ(found_rows(scene), (Rows{{0, 1, .9f, 0}}));
  scene.op.top_k = 0;
  EXPECT_TRUE(found_rows(scene).empty());
}

TEST(DetectionOutput, EndsAListWithAMinusOneThenZeros) {
  const Scene scene{options(3), {0, .9f}, {{0, 0, 1, 1}}, 2};
  const auto rows = run(scene);
  EXPECT_EQ(std::vector<float>(rows.begin() + 7, rows.end()), (std::vector<float>{-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  const Scene full{options(1), {0, .9f}, {{0, 0, 1, 1}}, 2};
  EXPECT_EQ(run(full)[0], 0);
}

TEST(DetectionOutput, PacksImagesOneAfterTheOther) {
  const Scene scene{options(4), {0, 0, 0, .9f}, {{0, 0, 1, 1}}, 2, 2};
  EXPECT_EQ(found_rows(scene), (Rows{{1, 1, .9f, 0}}));
}

TEST(DetectionOutput, DecodesCentreAndSize) {
  DetectionOutput op = options(1);
  const float codes[] = {1, -1, std::log(2.0f) * 5, 0}, scores[] = {0, .9f};
  const float priors[] = {.25f, .25f, .75f, .75f, .1f, .1f, .2f, .2f};
  std::vector<float> rows(7);
  DetectionScratch scratch;
  detection_output(op, {1, 1, 2, false, true}, codes, scores, priors, rows, scratch);
  const float expected[] = {0, 1, .9f, .05f, .2f, 1.05f, .7f};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(rows[i], expected[i], 1e-6f);
  op.clip_after_nms = true;
  detection_output(op, {1, 1, 2, false, true}, codes, scores, priors, rows, scratch);
  EXPECT_EQ(rows[5], 1.0f);
}

// The same rule written the long way: each class by itself, then the cut.
Rows plain_detections(const Scene& scene) {
  struct Row {
    float score;
    std::int64_t prior, label;
    std::size_t order;
  };
  const auto iou = [&](std::int64_t p, std::int64_t q) {
    const auto &a = scene.priors[static_cast<std::size_t>(p)], &b = scene.priors[static_cast<std::size_t>(q)];
    const float w = std::min(a[2], b[2]) - std::max(a[0], b[0]), h = std::min(a[3], b[3]) - std::max(a[1], b[1]);
    if (w <= 0 || h <= 0) return 0.0f;
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h);
  };
  std::vector<Row> all;
  for (std::int64_t label = 0; label < scene.classes; ++label) {
    if (label == scene.op.background_label) continue;
    std::vector<Row> candidates, kept;
    for (std::int64_t prior = 0; prior < static_cast<std::int64_t>(scene.priors.size()); ++prior) {
      const float score = scene.scores[static_cast<std::size_t>(prior * scene.classes + label)];
      if (score > scene.op.confidence_threshold) candidates.push_back({score, prior, label, 0});
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
    if (scene.op.top_k >= 0) candidates.resize(std::min(candidates.size(), static_cast<std::size_t>(scene.op.top_k)));
    for (Row row : candidates)
      if (std::none_of(kept.begin(), kept.end(), [&](const Row& k) { return iou(k.prior, row.prior) > scene.op.nms_threshold; })) {
        row.order = kept.size();
        kept.push_back(row);
      }
    all.insert(all.end(), kept.begin(), kept.end());
  }
  std::sort(all.begin(), all.end(),
            [](const Row& a, const Row& b) { return std::tuple(-a.score, a.prior, a.label) < std::tuple(-b.score, b.prior, b.label); });
  all.resize(std::min(all.size(), static_cast<std::size_t>(scene.op.keep_top_k)));
  std::sort(all.begin(), all.end(), [](const Row& a, const Row& b) { return std::tuple(a.label, a.order) < std::tuple(b.label, b.order); });
  Rows rows;
  for (const Row& row : all)
    rows.push_back({0, static_cast<float>(row.label), row.score, scene.priors[static_cast<std::size_t>(row.prior)][0]});
  return rows;
}

TEST(DetectionOutput, AgreesWithClassByClassSuppression) {
  EXPECT_TRUE(rc::check([] {
    Scene scene{options(*rc::gen::inRange<std::int64_t>(1, 12)), {}, {}, *rc::gen::elementOf(std::vector<std::int64_t>{2, 3, 4, 18, 37})};
    scene.op.background_label = *rc::gen::elementOf(std::vector<std::int64_t>{0, 0, -1, 1, 40});
    scene.op.top_k = *rc::gen::elementOf(std::vector<std::int64_t>{-1, -1, 3});
    const auto grid = [](int end) { return static_cast<float>(*rc::gen::inRange(0, end)); };
    for (int i = *rc::gen::inRange(1, 60); i > 0; --i) {
      const float x = grid(8), y = grid(8);
      scene.priors.push_back({x, y, x + 1 + grid(4), y + 1 + grid(4)});
      for (std::int64_t c = 0; c < scene.classes; ++c) scene.scores.push_back(grid(9) / 8);
    }
    RC_ASSERT(found_rows(scene) == plain_detections(scene));
  }));
}

// Scores of numbers that are near to each other fall as often as they grow.
float unsteady_score(float number) {
  const float score = 1 / (1 + std::exp(-number));
  return score - score * (kScoreRounding / 2) * static_cast<float>(std::bit_cast<std::uint32_t>(number) % 3) / 2;
}

TEST(DetectionOutput, MakesTheSameOfNumbersAsOfTheirScores) {
  EXPECT_TRUE(rc::check([] {
    DetectionOutput op = options(*rc::gen::inRange<std::int64_t>(1, 12));
    op.background_label = *rc::gen::elementOf(std::vector<std::int64_t>{0, -1, 1, 40});
    op.confidence_threshold = *rc::gen::elementOf(std::vector<float>{-1, 0, unsteady_score(0), 0.9f});
    const std::int64_t classes = *rc::gen::elementOf(std::vector<std::int64_t>{2, 3, 17, 37}),
                       priors = *rc::gen::inRange<std::int64_t>(1, 60);
    const float apart = *rc::gen::elementOf(std::vector<float>{0x1p-23f, 0x1p-18f, 1});
    std::vector<float> numbers, scores, boxes;
    for (std::int64_t i = 0; i < priors * classes; ++i) {
      const int steps = *rc::gen::inRange(-8, 8);
      numbers.push_back(steps == 7 ? std::nanf("") : static_cast<float>(steps) * apart);
      scores.push_back(unsteady_score(numbers.back()));
    }
    const auto grid = [](int end) { return static_cast<float>(*rc::gen::inRange(0, end)); };
    for (std::int64_t i = 0; i < priors; ++i) {
      const float x = grid(8), y = grid(8);
      boxes.insert(boxes.end(), {x, y, x + 1 + grid(4), y + 1 + grid(4)});
    }
    const std::vector<float> codes(boxes.size());
    const std::size_t places = static_cast<std::size_t>(op.keep_top_k) * 7;
    std::vector<float> expected(places), found(places);
    const auto score_of = [](std::span<const float> from, std::span<float> to) {
      std::ranges::transform(from, to.begin(), unsteady_score);
    };
    DetectionScratch scratch;
    detection_output(op, {1, priors, classes}, codes, scores, boxes, expected, scratch);
    detection_output(op, {1, priors, classes}, codes, numbers, score_of, boxes, found, scratch);
    RC_ASSERT(found == expected);
  }));
}

TEST(DetectionOutput, AsksForTheScoresOfFewPriors) {
  constexpr std::int64_t kPriors = 2000, kClasses = 20;
  std::vector<float> numbers, boxes;
  for (std::int64_t i = 0; i < kPriors; ++i) {
    const auto place = static_cast<float>(2 * i);
    boxes.insert(boxes.end(), {place, 0, place + 1, 1});
    for (std::int64_t label = 0; label < kClasses; ++label) numbers.push_back(static_cast<float>((i * 7919 + label) % kPriors) / kPriors);
  }
  std::size_t asked = 0;
  const auto score_of = [&](std::span<const float> from, std::span<float> to) {
    asked += from.size();
    std::ranges::transform(from, to.begin(), unsteady_score);
  };
  const std::vector<float> codes(boxes.size());
  std::vector<float> rows(70);
  DetectionScratch scratch;
  detection_output(options(10), {1, kPriors, kClasses}, codes, numbers, score_of, boxes, rows, scratch);
  EXPECT_EQ(rows[63], 0);  // all are found
  EXPECT_LT(asked, numbers.size() / 4);
}

}  // namespace
}  // namespace octet
