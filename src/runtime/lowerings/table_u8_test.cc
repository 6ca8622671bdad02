#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::SmallGraph;

// A picture of all bytes as SmallGraph::quantize stands for them, and somewhat beyond.
Tensor all_bytes() {
  std::vector<float> values;
  for (int i = 0; i < 272; ++i) values.push_back(static_cast<float>(i - 136) * 0.01f);
  return Tensor::of<float>({1, 1, 16, 17}, values);
}

struct Outcome {
  std::vector<std::string> operations;
  std::vector<float> found, expected;
};

Outcome run(const SmallGraph& g) {
  Outcome result;
  const auto plan = *compile(g.graph);
  for (const StepInfo& step : plan->steps()) result.operations.push_back(step.op);
  const std::vector<Tensor> inputs{all_bytes()};
  Session session(plan, 1);
  result.found = to_vector<float>((*session.run(inputs))[0]);
  result.expected = to_vector<float>(evaluate(g.graph, {{"image", inputs[0]}})->at("out"));
  return result;
}

void expect_a_table(const SmallGraph& g) {
  const Outcome result = run(g);
  EXPECT_EQ(std::ranges::count(result.operations, "table"), 1);
  EXPECT_EQ(std::ranges::count(result.operations, "activation") + std::ranges::count(result.operations, "multiply"), 0);
  ASSERT_EQ(result.found.size(), result.expected.size());
  for (std::size_t i = 0; i < result.found.size(); ++i) EXPECT_NEAR(result.found[i], result.expected[i], 1e-6f) << i;
}

Value unary(SmallGraph& g, UnaryKind kind, Value value) { return g.graph.emit(Unary{kind}, {value}); }

TEST(TableU8, IsAnActivationBetweenTwoQuantizations) {
  for (const UnaryKind kind : {UnaryKind::kSwish, UnaryKind::kMish, UnaryKind::kGelu, UnaryKind::kErf}) {
    SmallGraph g;
    g.output(g.quantize(unary(g, kind, g.quantize(g.input({1, 1, 16, 17}))), "last", 0.37f));
    expect_a_table(g);
  }
}

TEST(TableU8, IsASiluWhoseStepsAreQuantized) {
  SmallGraph g;
  const Value x = g.quantize(g.input({1, 1, 16, 17}));
  const Value gate = g.quantize(unary(g, UnaryKind::kSigmoid, x), "gate", 0.83f);
  g.output(g.quantize(g.graph.emit(Binary{BinaryKind::kMultiply}, {x, gate}), "last", 0.41f));
  expect_a_table(g);
}

TEST(TableU8, TakesNumbersAlong) {
  SmallGraph g;
  const Value x = g.quantize(g.input({1, 1, 16, 17}));
  const Value number = g.graph.emit_constant(Tensor::scalar(0.7f));
  const Value difference = g.graph.emit(Binary{BinaryKind::kSubtract}, {number, x});
  g.output(g.quantize(g.graph.emit(Clamp{-0.3, 0.9}, {difference}), "last", 0.9f));
  expect_a_table(g);
}

TEST(TableU8, IsAnotherQuantizationOfBytes) {
  SmallGraph g;
  g.output(g.quantize(g.quantize(g.input({1, 1, 16, 17})), "last", 1.37f));
  expect_a_table(g);
}

TEST(TableU8, IsNothingWhereBytesStayAsTheyAre) {
  SmallGraph g;
  g.output(g.quantize(g.quantize(g.input({1, 1, 16, 17})), "last"));
  const Outcome result = run(g);
  EXPECT_EQ(std::ranges::count(result.operations, "table"), 0);
  for (std::size_t i = 0; i < result.found.size(); ++i) EXPECT_NEAR(result.found[i], result.expected[i], 1e-6f) << i;
}

// What is read elsewhere must exist.
TEST(TableU8, EndsBeforeWhatOthersRead) {
  SmallGraph g;
  const Value half = unary(g, UnaryKind::kTanh, g.quantize(g.input({1, 1, 16, 17})));
  g.output(g.quantize(half, "last"));
  g.output(half, "half");
  EXPECT_EQ(std::ranges::count(run(g).operations, "table"), 0);
}

}  // namespace
}  // namespace octet
