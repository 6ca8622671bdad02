// The sigmoid of the scores of a DetectionOutput, which is made for those that it looks at.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "graph/detection_output.h"
#include "graph/evaluate.h"
#include "kernels/activation/activation.h"
#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

constexpr std::int64_t kPriors = 30, kClasses = 20;

struct Scores : SmallGraph {
  Value sigmoid(Value data, std::string name = "scores") { return graph.emit(Unary{UnaryKind::kSigmoid}, {data}, std::move(name)); }
  Value rows(Value data) { return graph.emit(Reshape{}, {data, integers({1, kPriors * kClasses})}); }
  Value detections(Value scores) {
    Tensor boxes(ElementType::kF32, {1, 1, kPriors * 4});
    const auto corners = boxes.mutable_values<float>();
    for (std::size_t i = 0; i < corners.size(); ++i) corners[i] = static_cast<float>(i / 4 % 6) / 8 + (i % 4 < 2 ? 0.0f : 0.25f);
    const Value codes = graph.emit_constant(numbers({1, kPriors * 4}, 5));
    DetectionOutput op;
    op.keep_top_k = 40;
    return graph.emit(op, {codes, scores, graph.emit_constant(boxes)}, "detections");
  }
};

std::string steps_of(const Plan& plan) {
  std::string steps;
  for (const StepInfo& step : plan.steps()) steps += (steps.empty() ? "" : ", ") + step.op;
  return steps;
}

std::vector<float> run(const std::shared_ptr<const Plan>& plan) {
  const Tensor logits = numbers({1, kPriors, kClasses});
  return to_vector<float>(Session(plan, 1).run(std::span(&logits, 1))->front());
}

TEST(ScoresOfDetections, AreMadeWithoutAStepOfTheirOwn) {
  Scores g;
  const Value logits = g.input({1, kPriors, kClasses}), scores = g.sigmoid(logits);
  g.output(g.detections(g.rows(scores)));
  const auto plan = *compile(g.graph);
  EXPECT_EQ(steps_of(*plan), "copy, DetectionOutput, Result");
  RuntimeOptions seen;
  seen.observe = {scores};
  const auto plan_of_scores = *compile(g.graph, seen);
  EXPECT_EQ(steps_of(*plan_of_scores), "Sigmoid, DetectionOutput, Result");
  EXPECT_EQ(run(plan), run(plan_of_scores));
}

TEST(ScoresOfDetections, AreMadeForOtherReaders) {
  Scores g;
  const Value scores = g.rows(g.sigmoid(g.input({1, kPriors, kClasses})));
  g.output(g.detections(scores), "boxes");
  g.output(scores, "all");
  EXPECT_EQ(steps_of(**compile(g.graph)), "Sigmoid, DetectionOutput, Result, Result");
}

// A sigmoid of a sigmoid: the second one is made late.
TEST(ScoresOfDetections, AreOfTheLastSigmoid) {
  Scores g;
  const Value once = g.sigmoid(g.input({1, kPriors, kClasses}), "once");
  const Value twice = g.sigmoid(once, "twice");
  g.output(g.detections(g.rows(twice)));
  const auto plan = *compile(g.graph);
  EXPECT_EQ(steps_of(*plan), "Sigmoid, DetectionOutput, Result");
  RuntimeOptions seen;
  seen.observe = {twice};
  EXPECT_EQ(run(plan), run(*compile(g.graph, seen)));
}

// What DetectionOutput relies on.
TEST(ScoresOfDetections, HardlyFallWhereLogitsGrow) {
  std::vector<float> logits;
  for (float x = -90; x < 90; x += 0.37f) {
    float next = x;
    for (int i = 0; i < 300; ++i) logits.push_back(next = std::nextafter(next, 100.0f));
  }
  std::ranges::sort(logits);
  std::vector<float> scores(logits.size());
  kernels::activate({kernels::Activation::Kind::kSigmoid}, logits, scores, active_isa());
  float most = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    ASSERT_GE(scores[i], most - most * kScoreRounding) << logits[i];
    most = std::max(most, scores[i]);
  }
}

}  // namespace
}  // namespace octet
