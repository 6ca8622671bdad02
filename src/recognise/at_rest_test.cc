#include "recognise/at_rest.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

Value image(Graph& graph) { return graph.emit(Parameter{ElementType::kF32, {1, 2, 4, 4}}, {}, "image"); }

Value convolution(Graph& graph, Value data) {
  Tensor weights(ElementType::kF32, {3, 2, 1, 1});
  for (float& weight : weights.mutable_values<float>()) weight = 2;
  return graph.emit(Convolution{}, {data, graph.emit_constant(weights)}, "conv");
}

Value biased(Graph& graph, Value data) {
  const Tensor bias = Tensor::of<float>({1, 3, 1, 1}, std::vector<float>{1, 2, 3});
  return graph.emit(Binary{BinaryKind::kAdd}, {data, graph.emit_constant(bias)}, "bias");
}

std::vector<float> outputs_of(Graph graph, Value value) {
  graph.emit(Output{}, {value}, "out");
  return to_vector<float>(outputs_at_rest(graph).value().at("out"));
}

TEST(OutputsAtRest, LeavesConvolutionsAndTheirBiasesOut) {
  Graph graph;
  const Value scores = graph.emit(Unary{UnaryKind::kSigmoid}, {biased(graph, convolution(graph, image(graph)))});
  EXPECT_EQ(outputs_of(graph, scores), std::vector<float>(48, 0.5f));
}

// Sums of integers become real numbers by a scale that the picture decides, and only then have their bias.
TEST(OutputsAtRest, LeavesTheBiasesOfDynamicQuantizationOut) {
  Graph graph;
  const Value picture = image(graph);
  const Value axes = graph.emit_constant(Tensor::of<std::int64_t>({4}, std::vector<std::int64_t>{0, 1, 2, 3}));
  const Value scale = graph.emit(Reduce{ReduceKind::kMax, true}, {picture, axes});
  const Value sums = graph.emit(Convert{ElementType::kF32}, {convolution(graph, picture)});
  const Value real = graph.emit(Binary{BinaryKind::kMultiply}, {sums, scale});
  const Value scores = biased(graph, real);
  EXPECT_EQ(outputs_of(graph, scores), std::vector<float>(48, 0));
}

TEST(OutputsAtRest, ComputesWhatIsAddedElsewhere) {
  Graph graph;
  const Value curved = graph.emit(Unary{UnaryKind::kSigmoid}, {convolution(graph, image(graph))});
  const Value scores = biased(graph, curved);
  EXPECT_EQ(outputs_of(graph, scores)[0], 1.5f);
}

}  // namespace
}  // namespace octet
