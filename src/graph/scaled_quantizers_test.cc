#include "graph/scaled_quantizers.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet {
namespace {

Graph scaled_quantizer(const std::vector<float>& scale) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 3, 2, 2}}, {}, "image");
  const Value factors = graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, scale));
  const Value low = graph.emit_constant(Tensor::scalar(-1.28f)), high = graph.emit_constant(Tensor::scalar(1.27f));
  const Value product = graph.emit(Binary{BinaryKind::kMultiply}, {image, factors}, "product");
  graph.emit(Output{}, {graph.emit(FakeQuantize{256}, {product, low, high, low, high}, "quantizer")}, "out");
  return graph;
}

std::vector<float> computed(const Graph& graph) {
  std::vector<float> pixels;
  for (int i = 0; i < 12; ++i) pixels.push_back(0.0137f * static_cast<float>(i * i) - 0.7f);
  const auto results = *evaluate(graph, {{"image", Tensor::of<float>({1, 3, 2, 2}, pixels)}});
  return to_vector<float>(results.begin()->second);
}

bool multiplies(const Graph& graph) {
  const Node& quantizer = graph.node(graph.find("quantizer"));
  return is_binary(graph, quantizer.inputs[0], BinaryKind::kMultiply);
}

TEST(ScaledQuantizers, GoIntoLimitsAndBack) {
  const Graph before = scaled_quantizer({0.5f, 1, 3.7f});
  Graph graph = before;
  scales_into_limits(graph);
  EXPECT_FALSE(multiplies(graph));
  const auto expected = computed(before), stored = computed(graph);
  scales_out_of_limits(graph);
  EXPECT_TRUE(multiplies(graph));
  const auto found = computed(graph);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(stored[i], expected[i], 1e-6);
    EXPECT_NEAR(found[i], expected[i], 1e-6);
  }
}

// By steps of 0.01.
Graph moved_quantizer(const std::vector<float>& offsets) {
  Graph graph = scaled_quantizer({0.5f, 1, 3.7f});
  const NodeId quantizer = graph.find("quantizer");
  const Value constant = graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, offsets));
  graph.set_input(quantizer, 0, graph.emit(Binary{BinaryKind::kAdd}, {graph.node(quantizer).inputs[0], constant}, "sum"));
  graph.tidy();
  return graph;
}

TEST(ScaledQuantizers, WholeStepsGoIntoLimitsAndBack) {
  const Graph before = moved_quantizer({-3, 0.25f, 0});
  Graph graph = before;
  scales_into_limits(graph);
  EXPECT_EQ(graph.node(graph.find("quantizer")).inputs[0].node, graph.find("image"));
  const auto expected = computed(before), stored = computed(graph);
  scales_out_of_limits(graph);
  const auto side = constant_side(graph, graph.node(graph.find("quantizer")).inputs[0]);
  ASSERT_TRUE(side && side->kind == BinaryKind::kAdd);
  const auto offsets = side->constant->values<float>();
  EXPECT_FLOAT_EQ(offsets[0], -3);
  EXPECT_FLOAT_EQ(offsets[1], 0.25f);
  EXPECT_FLOAT_EQ(offsets[2], 0);
  const auto found = computed(graph);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(stored[i], expected[i], 1e-5);
    EXPECT_NEAR(found[i], expected[i], 1e-5);
  }
}

TEST(ScaledQuantizers, StayWhereAChannelIsMovedByPartsOfSteps) {
  Graph graph = moved_quantizer({-3, 0.255f, 0});
  scales_into_limits(graph);
  EXPECT_TRUE(is_binary(graph, graph.node(graph.find("quantizer")).inputs[0], BinaryKind::kAdd));
}

TEST(ScaledQuantizers, StayWhereAFactorIsNegative) {
  Graph graph = scaled_quantizer({0.5f, -1, 2});
  scales_into_limits(graph);
  EXPECT_TRUE(multiplies(graph));
}

}  // namespace
}  // namespace octet
