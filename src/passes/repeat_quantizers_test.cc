#include "passes/passes.h"

#include <algorithm>

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Value quantized(Graph& graph, Value data) {
  const auto limit = [&](float number) { return graph.emit_constant(Tensor::scalar(number)); };
  return graph.emit(FakeQuantize{}, {data, limit(-1), limit(1), limit(-1), limit(1)});
}

Value with_integer_weights(Graph& graph, Value data) {
  const Value stored = graph.emit_constant(converted(Numbers().tensor({2, graph.shape(data)[1], 1, 1}), ElementType::kI8));
  const Value weights = binary(graph, BinaryKind::kMultiply, graph.emit(Convert{}, {stored}), Numbers(2).tensor({2, 1, 1, 1}));
  return graph.emit(Convolution{}, {data, weights});
}

Value reshaped(Graph& graph, Value data, const std::vector<std::int64_t>& shape) {
  return graph.emit(Reshape{}, {data, graph.emit_constant(integers(shape))});
}

TEST(RepeatQuantizers, QuantizesWhatReachesAConvolutionInAnotherShape) {
  Graph graph;
  output(graph, with_integer_weights(graph, reshaped(graph, quantized(graph, input(graph, {1, 4, 6})), {1, 4, 2, 3})));
  const Graph after = expect_rewrite(repeat_quantizers, graph);
  EXPECT_EQ(operations(after), "FakeQuantize Reshape FakeQuantize Convert Multiply Convolution Result");
}

TEST(RepeatQuantizers, LeavesWhatIsQuantizedOrNotAtAll) {
  Graph at_once;
  output(at_once, with_integer_weights(at_once, quantized(at_once, input(at_once, {1, 4, 2, 3}))));
  expect_untouched(repeat_quantizers, at_once);
  Graph never;
  output(never, with_integer_weights(never, reshaped(never, input(never, {1, 4, 6}), {1, 4, 2, 3})));
  expect_untouched(repeat_quantizers, never);
}

TEST(RepeatQuantizers, QuantizesTheFactorsOfAProductInAnotherShape) {
  Graph graph;
  const Value moved = reshaped(graph, quantized(graph, input(graph, {1, 4, 6})), {4, 6});
  output(graph, graph.emit(MatMul{false, true}, {moved, quantized(graph, input(graph, {5, 6}, "other"))}));
  const Graph after = expect_rewrite(repeat_quantizers, graph);
  EXPECT_EQ(std::ranges::count_if(after.nodes(), [](const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); }), 3);
}

// Limits of more axes than the data have in the end.
TEST(RepeatQuantizers, TakesLimitsOfAnyRankAlong) {
  Graph graph;
  const auto limit = [&](float number) { return graph.emit_constant(Tensor::scalar(number).reshaped({1, 1, 1, 1, 1})); };
  const Value data = input(graph, {1, 1, 4, 2, 3});
  const Value five_axes = graph.emit(FakeQuantize{}, {data, limit(-1), limit(1), limit(-1), limit(1)});
  output(graph, with_integer_weights(graph, reshaped(graph, five_axes, {1, 4, 2, 3})));
  const Graph after = expect_rewrite(repeat_quantizers, graph);
  EXPECT_EQ(operations(after), "FakeQuantize Reshape FakeQuantize Convert Multiply Convolution Result");
}

TEST(RepeatQuantizers, LeavesProductsOfWhichOneFactorIsNotQuantized) {
  Graph graph;
  const Value moved = reshaped(graph, quantized(graph, input(graph, {1, 4, 6})), {4, 6});
  output(graph, graph.emit(MatMul{false, true}, {moved, input(graph, {5, 6}, "other")}));
  expect_untouched(repeat_quantizers, graph);
}

TEST(RepeatQuantizers, LeavesConvolutionsOfFloats) {
  Graph graph;
  output(graph, convolution(graph, reshaped(graph, quantized(graph, input(graph, {1, 4, 6})), {1, 4, 2, 3}), 2));
  expect_untouched(repeat_quantizers, graph);
}

}  // namespace
}  // namespace octet::passes
