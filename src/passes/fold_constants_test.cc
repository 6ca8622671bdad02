#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

const auto kFold = [](Graph& graph) { return fold_constants(graph); };

TEST(FoldConstants, LeavesOnlyWhatDependsOnAnInput) {
  Graph graph;
  const Value c = graph.emit_constant(Tensor::of<float>({2}, {1, 4}));
  const Value folded = binary(graph, BinaryKind::kAdd, unary(graph, UnaryKind::kSqrt, c), 1.0f);
  output(graph, binary(graph, BinaryKind::kMultiply, input(graph, {2}), folded));
  const Graph after = expect_rewrite(kFold, graph, 0);
  EXPECT_EQ(operations(after), "Multiply Result");
  EXPECT_EQ(to_vector<float>(*after.constant({after.find("Add"), 0})), (std::vector<float>{2, 3})) << "the name stays";
}

TEST(FoldConstants, KnowsTheShapeOfAnInput) {
  Graph graph;
  const Value shape = graph.emit(ShapeOf{}, {input(graph, {2, 5})});
  output(graph, graph.emit(Convert{ElementType::kF32}, {shape}));
  const Graph after = expect_rewrite(kFold, graph, 0);
  EXPECT_EQ(operations(after), "Result");
}

TEST(FoldConstants, FoldsEveryOutputOfASplit) {
  Graph graph;
  const Value data = graph.emit_constant(Numbers().tensor({4}));
  const Value split = graph.emit(Split{2}, {data, graph.emit_constant(Tensor::scalar<std::int64_t>(0))});
  const Value sum = binary(graph, BinaryKind::kAdd, Value{split.node, 0}, Value{split.node, 1});
  output(graph, binary(graph, BinaryKind::kAdd, input(graph, {2}), sum));
  EXPECT_EQ(operations(expect_rewrite(kFold, graph, 0)), "Add Result");
}

TEST(FoldConstants, LeavesResultsBeyondTheLimit) {
  Graph graph;
  const Value small = graph.emit_constant(Numbers().tensor({4, 1})), wide = graph.emit_constant(Numbers().tensor({1, 4}));
  output(graph, binary(graph, BinaryKind::kAdd, input(graph, {4, 4}), binary(graph, BinaryKind::kMultiply, small, wide)));
  expect_untouched([](Graph& g) { return fold_constants(g, {15}); }, graph);
  expect_rewrite([](Graph& g) { return fold_constants(g, {16}); }, graph, 0);
}

TEST(FoldConstants, LeavesWhatIsTooMuchTogether) {
  Graph graph;
  const Value small = graph.emit_constant(Numbers().tensor({4, 1})), wide = graph.emit_constant(Numbers().tensor({1, 4}));
  Value sum = input(graph, {4, 4});
  for (const BinaryKind kind : {BinaryKind::kAdd, BinaryKind::kSubtract, BinaryKind::kMaximum, BinaryKind::kMinimum, BinaryKind::kMultiply})
    sum = binary(graph, BinaryKind::kAdd, sum, binary(graph, kind, small, wide));
  output(graph, sum);
  // The eight elements that are there allow four products of sixteen.
  EXPECT_TRUE(fold_constants(graph, {16, 0}));
  EXPECT_EQ(operations(graph), "Add Add Add Add Multiply Add Result");
}

// i8 weights with a scale for each output, as the exporter writes them.
Value stored_weights_of(Graph& graph, const Shape& shape, bool zero_point) {
  const Tensor bytes =
      converted(Tensor::of<float>(shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), 3)), ElementType::kI8);
  Value weights = graph.emit(Convert{ElementType::kF32}, {graph.emit_constant(bytes)});
  if (zero_point) weights = binary(graph, BinaryKind::kSubtract, weights, 1.0f);
  return binary(graph, BinaryKind::kMultiply, weights, Numbers().tensor({shape[0], 1, 1, 1}));
}

TEST(FoldConstants, LeavesTheWayWeightsAreStored) {
  for (const bool zero_point : {false, true}) {
    Graph graph;
    output(graph, graph.emit(Convolution{}, {input(graph, {1, 3, 4, 4}), stored_weights_of(graph, {2, 3, 1, 1}, zero_point)}));
    expect_untouched(kFold, graph);
  }
}

TEST(FoldConstants, LeavesStoredWeightsBehindAReshape) {
  Graph graph;
  const Value weights = stored_weights_of(graph, {4, 1, 3, 3}, true);
  const Value grouped = graph.emit(Reshape{}, {weights, graph.emit_constant(integers({4, 1, 1, 3, 3}))});
  output(graph, graph.emit(GroupConvolution{}, {input(graph, {1, 4, 4, 4}), grouped}));
  expect_untouched(kFold, graph);
}

TEST(FoldConstants, LeavesFakeQuantizedWeights) {
  Graph graph;
  const Value low = graph.emit_constant(Tensor::scalar(-1.0f)), high = graph.emit_constant(Tensor::scalar(1.0f));
  const Value stored = graph.emit_constant(Numbers().tensor({2, 3, 1, 1}));
  const Value weights = graph.emit(FakeQuantize{255}, {stored, low, high, low, high});
  output(graph, graph.emit(Convolution{}, {input(graph, {1, 3, 4, 4}), weights}));
  expect_untouched(kFold, graph);
}

TEST(FoldConstants, WidensHalfWeights) {
  Graph graph;
  const Value half = graph.emit_constant(converted(Numbers().tensor({2, 3, 1, 1}), ElementType::kF16));
  const Value weights = graph.emit(Convert{ElementType::kF32}, {half});
  output(graph, graph.emit(Convolution{}, {input(graph, {1, 3, 4, 4}), weights}));
  EXPECT_EQ(operations(expect_rewrite(kFold, graph, 0)), "Convolution Result");
}

}  // namespace
}  // namespace octet::passes
