#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Value reshape(Graph& graph, Value x, const Shape& shape) { return graph.emit(Reshape{}, {x, graph.emit_constant(integers(shape))}); }

Value transpose(Graph& graph, Value x, const std::vector<std::int64_t>& order) {
  return graph.emit(Transpose{}, {x, graph.emit_constant(integers(order))});
}

TEST(EliminateNoops, TakesOutCopies) {
  Graph graph;
  Value x = input(graph, {1, 2, 3, 4});
  x = reshape(graph, x, {1, 2, 3, 4});
  x = transpose(graph, x, {0, 1, 2, 3});
  x = graph.emit(Convert{ElementType::kF32}, {x});
  x = graph.emit(Concat{1}, {x});
  x = graph.emit(Interpolate{}, {x, graph.emit_constant(integers({3, 4}))});
  x = graph.emit(Pad{}, {x, graph.emit_constant(integers({0, 0, 0, 0})), graph.emit_constant(integers({0, 0, 0, 0}))});
  x = binary(graph, BinaryKind::kMultiply, x, 1.0f);
  x = binary(graph, BinaryKind::kAdd, x, Tensor(ElementType::kF32, {1, 2, 1, 1}));
  x = binary(graph, BinaryKind::kSubtract, x, 0.0f);
  x = binary(graph, BinaryKind::kDivide, x, 1.0f);
  output(graph, unary(graph, UnaryKind::kRelu, x));
  EXPECT_EQ(operations(expect_rewrite(eliminate_noops, graph, 0)), "ReLU Result");
}

TEST(EliminateNoops, LeavesWhatDoesSomething) {
  Graph graph;
  Value x = input(graph, {2, 3});
  x = transpose(graph, x, {1, 0});
  x = binary(graph, BinaryKind::kSubtract, graph.emit_constant(Tensor::scalar(0.0f)), x);
  x = binary(graph, BinaryKind::kMultiply, x, Tensor::of<float>({2}, {1, 2}));
  x = binary(graph, BinaryKind::kAdd, x, Tensor(ElementType::kF32, {4, 1, 1}));
  output(graph, graph.emit(Convert{ElementType::kI32}, {x}));
  expect_untouched(eliminate_noops, graph);
}

TEST(EliminateNoops, JoinsTransposes) {
  Graph graph;
  const Value x = input(graph, {2, 3, 4});
  output(graph, transpose(graph, transpose(graph, x, {2, 0, 1}), {1, 2, 0}), "back");
  output(graph, transpose(graph, transpose(graph, x, {1, 0, 2}), {2, 0, 1}), "joined");
  EXPECT_EQ(operations(expect_rewrite(eliminate_noops, graph, 0)), "Result Transpose Result");
}

TEST(EliminateNoops, MakesAReshapeOfATransposeThatMovesNothing) {
  Graph graph;
  const Value x = input(graph, {1, 3, 1, 4});
  output(graph, transpose(graph, x, {1, 0, 3, 2}), "ones");
  output(graph, transpose(graph, x, {0, 3, 2, 1}), "turned");
  EXPECT_EQ(operations(expect_rewrite(eliminate_noops, graph, 0)), "Reshape Result Transpose Result");
}

TEST(EliminateNoops, JoinsReshapes) {
  Graph graph;
  Value x = input(graph, {2, 3, 4});
  x = reshape(graph, x, {6, 4});
  x = graph.emit(Unsqueeze{}, {x, graph.emit_constant(integers({0}))});
  output(graph, reshape(graph, x, {4, 6}), "joined");
  output(graph, reshape(graph, x, {2, 3, 4}), "back");
  EXPECT_EQ(operations(expect_rewrite(eliminate_noops, graph, 0)), "Reshape Result Result");
}

TEST(EliminateNoops, LeavesAScaleOfOneInStoredWeights) {
  Graph graph;
  const Value bytes = graph.emit_constant(Tensor(ElementType::kI8, {2, 3, 1, 1}));
  const Value weights = binary(graph, BinaryKind::kMultiply, graph.emit(Convert{ElementType::kF32}, {bytes}), 1.0f);
  output(graph, graph.emit(Convolution{}, {input(graph, {1, 3, 4, 4}), weights}));
  expect_untouched(eliminate_noops, graph);
}

}  // namespace
}  // namespace octet::passes
