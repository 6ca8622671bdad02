#include "accuracy/metrics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace octet::accuracy {
namespace {

MetricValues computed(const std::string& metric, const Evaluated& evaluated) {
  const auto metrics = make_metrics(YAML::Load("[" + metric + "]"));
  EXPECT_TRUE(metrics.ok()) << metrics.error().message;
  return metrics.ok() ? metrics->front().compute(evaluated) : MetricValues{};
}

std::string error_of(const char* metrics) {
  const auto made = make_metrics(YAML::Load(metrics));
  return made.ok() ? "" : made.error().message;
}

Box at(double x, float score = 1, int label = 1) { return {x, 0, x + 10, 10, score, label}; }

Evaluated one_image(std::vector<Box> truth, std::vector<Box> found) {
  return {.images = {{"a.jpg", {std::move(truth), {}}, {std::move(found), {}}}}, .labels = {{1, "one"}, {2, "two"}}};
}

// A hit, a miss, a hit of two objects: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.
const Evaluated kThreeFound = one_image({at(0), at(100)}, {at(0, 0.9f), at(500, 0.8f), at(100, 0.7f)});

TEST(Map, IntegratesTheCurve) {
  EXPECT_NEAR(computed("{type: map}", kThreeFound).values.at(0), 0.5 * 1 + 0.5 * 2 / 3, 1e-12);
  EXPECT_NEAR(computed("{type: map, integral: 11point}", kThreeFound).values.at(0), (6 * 1 + 5 * 2.0 / 3) / 11, 1e-12);
}

TEST(Map, LeavesClassesWithoutDetectionsOutOfTheMean) {
  const MetricValues values = computed("map", kThreeFound);
  EXPECT_EQ(values.names, (std::vector<std::string>{"one"}));
  const MetricValues nothing = computed("map", one_image({at(0)}, {}));
  EXPECT_EQ(nothing.values, (std::vector<double>{0}));
}

TEST(Map, CountsAClassThatIsNotThereAsZero) {
  const MetricValues values = computed("map", one_image({at(0)}, {at(0, 0.9f), at(50, 0.5f, 2)}));
  EXPECT_EQ(values.values, (std::vector<double>{1, 0}));
}

// Upstream clamps corners before it adds the boundary: boxes apart overlap by a pixel, here 11 of 11 * 11.
TEST(Map, GivesBoxesThatLieApartAPixel) {
  const Evaluated apart = one_image({at(100)}, {at(0, 0.9f)});
  EXPECT_EQ(computed("{type: map, overlap_threshold: 0.04}", apart).values, (std::vector<double>{1}));
  EXPECT_EQ(computed("{type: map, overlap_threshold: 0.04, include_boundaries: False}", apart).values, (std::vector<double>{0}));
}

TEST(Map, PassesOverWhatMeetsADifficultObject) {
  Evaluated evaluated = one_image({at(0), at(100)}, {at(100, 0.9f), at(0, 0.8f)});
  evaluated.images[0].truth.difficult = {1};
  EXPECT_EQ(computed("map", evaluated).values, (std::vector<double>{1}));
  EXPECT_NEAR(computed("{type: map, ignore_difficult: False}", evaluated).values.at(0), 1, 1e-12);
}

// The object that the best detection of its image has met still counts as free.
TEST(CocoPrecision, TakesASecondDetectionOfTheBestMetObjectForAHit) {
  const Evaluated twice = one_image({at(0), at(100)}, {at(0, 0.9f), at(0, 0.8f), at(100, 0.7f), at(100, 0.6f)});
  const double recall = computed("{type: coco_recall, threshold: 0.5}", twice).values.at(0);
  EXPECT_NEAR(recall, 1.5, 1e-12);  // three hits of two objects
  EXPECT_NEAR(computed("{type: coco_orig_recall, threshold: 0.5}", twice).values.at(0), 1, 1e-12);
}

TEST(CocoPrecision, CutsDetectionsAndCountsClassesWithoutAny) {
  const MetricValues values = computed("{type: coco_precision, max_detections: 1}", kThreeFound);
  EXPECT_NEAR(values.values.at(0), 51.0 / 101, 1e-9);
  EXPECT_EQ(computed("coco_precision", one_image({at(0), {0, 0, 1, 1, 1, 2}}, {at(0, 0.9f)})).values.size(), 2u);
}

TEST(Metrics, NameWhatTheyLack) {
  EXPECT_NE(error_of("[{type: odd_metric}]").find("metric 'odd_metric'"), std::string::npos);
  EXPECT_NE(error_of("[{type: map, odd: 1}]").find("'odd'"), std::string::npos);
  EXPECT_NE(error_of("[{type: map, integral: trapezoid}]").find("'integral' is 'trapezoid'"), std::string::npos);
  EXPECT_NE(error_of("[{type: map, presenter: print_chart}]").find("presenter"), std::string::npos);
  EXPECT_NE(error_of("[{type: coco_precision, threshold: 1:2}]").find("'threshold'"), std::string::npos);
  EXPECT_NE(error_of("[{type: coco_orig_precision, threshold: 0.42}]").find("0.5, 0.55"), std::string::npos);
  EXPECT_NE(error_of("[]").find("nothing to measure"), std::string::npos);
}

// Where no object is found twice, none is a crowd or difficult and every image has one, COCO's two evaluations agree.
RC_GTEST_PROP(CocoPrecision, AgreesWithEvalWhereNothingIsFoundTwice, ()) {
  Evaluated evaluated{.images = {}, .labels = {{1, "one"}, {2, "two"}}};
  float score = 1;
  for (int i = 0; i < *rc::gen::inRange(1, 5); ++i) {
    EvaluatedImage image{std::to_string(i) + ".jpg", {}, {}};
    for (int k = 0; k < *rc::gen::inRange(1, 6); ++k) {
      const int label = *rc::gen::inRange(1, 3), shift = *rc::gen::inRange(0, 6);
      image.truth.boxes.push_back(at(100 * k, 1, label));
      if (*rc::gen::arbitrary<bool>()) image.found.boxes.push_back(at(100 * k + shift, score *= 0.9f, label));
      if (*rc::gen::arbitrary<bool>()) image.found.boxes.push_back(at(100 * k + 50, score *= 0.9f, label));
    }
    evaluated.images.push_back(std::move(image));
  }
  const auto mean = [](const MetricValues& values) {
    double sum = 0;
    for (const double value : values.values) sum += value / static_cast<double>(values.values.size());
    return sum;
  };
  const double own = mean(computed("{type: coco_precision, max_detections: 100}", evaluated));
  const double exact = mean(computed("{type: coco_orig_precision, include_boundaries: False}", evaluated));
  bool any = false;
  for (const EvaluatedImage& image : evaluated.images) any = any || !image.found.boxes.empty();
  if (any) RC_ASSERT(std::abs(own - exact) < 1e-6);
}

}  // namespace
}  // namespace octet::accuracy
