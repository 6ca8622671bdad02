#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Tensor per_channel(std::uint32_t seed, std::int64_t channels) { return Numbers(seed).tensor({1, channels, 1, 1}); }

// (conv - mean) / deviation * gamma + beta
Value batch_norm(Graph& graph, Value x) {
  const std::int64_t channels = graph.shape(x)[1];
  x = binary(graph, BinaryKind::kSubtract, x, per_channel(1, channels));
  x = binary(graph, BinaryKind::kDivide, x, 0.37f);
  x = binary(graph, BinaryKind::kMultiply, x, Numbers(2).tensor({channels, 1, 1}));
  return binary(graph, BinaryKind::kAdd, x, per_channel(3, channels));
}

TEST(FoldBatchNorm, LeavesAConvolutionAndABias) {
  Graph graph;
  output(graph, batch_norm(graph, convolution(graph, input(graph, {2, 3, 5, 4}), 4)));
  const Graph after = expect_rewrite(fold_batch_norm, graph);
  EXPECT_EQ(operations(after), "Convolution Add Result");
  EXPECT_EQ(type_name(after.node(after.find("conv")).op), "Convolution");
  EXPECT_EQ(type_name(after.node(after.find("Add")).op), "Add") << "the end of the run keeps its name";
  EXPECT_EQ(after.constant(after.node(after.find("Add")).inputs[1])->shape(), (Shape{1, 4, 1, 1}));
}

TEST(FoldBatchNorm, FoldsBehindAGroupConvolution) {
  Graph graph;
  const Value x = input(graph, {1, 4, 5, 5});
  const Value weights = graph.emit_constant(Numbers().tensor({2, 3, 2, 3, 3}));
  output(graph, batch_norm(graph, graph.emit(GroupConvolution{}, {x, weights})));
  EXPECT_EQ(operations(expect_rewrite(fold_batch_norm, graph)), "GroupConvolution Add Result");
}

TEST(FoldBatchNorm, TakesAConstantMinusTheConvolution) {
  Graph graph;
  const Value conv = convolution(graph, input(graph, {1, 3, 4, 4}), 2);
  output(graph, binary(graph, BinaryKind::kSubtract, graph.emit_constant(per_channel(5, 2)), conv));
  EXPECT_EQ(operations(expect_rewrite(fold_batch_norm, graph)), "Convolution Add Result");
}

TEST(FoldBatchNorm, LeavesNoBiasWhereThereIsNone) {
  Graph graph;
  output(graph, binary(graph, BinaryKind::kMultiply, convolution(graph, input(graph, {1, 3, 4, 4}), 2), per_channel(5, 2)));
  EXPECT_EQ(operations(expect_rewrite(fold_batch_norm, graph)), "Convolution Result");
}

TEST(FoldBatchNorm, LeavesConvWithTwoReadersAlone) {
  Graph graph;
  const Value conv = convolution(graph, input(graph, {1, 3, 4, 4}), 2);
  output(graph, batch_norm(graph, conv));
  output(graph, conv, "raw");
  expect_untouched(fold_batch_norm, graph);
}

TEST(FoldBatchNorm, StopsAtAValueThatSomebodyElseReads) {
  Graph graph;
  const Value scaled = binary(graph, BinaryKind::kMultiply, convolution(graph, input(graph, {1, 3, 4, 4}), 2), per_channel(5, 2));
  output(graph, scaled, "scaled");
  output(graph, binary(graph, BinaryKind::kAdd, scaled, 1.0f), "shifted");
  EXPECT_EQ(operations(expect_rewrite(fold_batch_norm, graph)), "Convolution Result Add Result");
}

TEST(FoldBatchNorm, LeavesWhatIsNotPerChannelAlone) {
  Graph graph;
  const Value conv = convolution(graph, input(graph, {1, 3, 4, 4}), 2);
  output(graph, binary(graph, BinaryKind::kMultiply, conv, Numbers().tensor({1, 1, 4, 4})));
  expect_untouched(fold_batch_norm, graph);
}

TEST(FoldBatchNorm, LeavesADivisionByZeroAlone) {
  Graph graph;
  const Value conv = convolution(graph, input(graph, {1, 3, 4, 4}), 2);
  output(graph, binary(graph, BinaryKind::kDivide, conv, 0.0f));
  expect_untouched(fold_batch_norm, graph);
}

TEST(FoldBatchNorm, LeavesWeightsThatOtherConvolutionsShareAsTheyWere) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4}), weights = graph.emit_constant(Numbers().tensor({2, 3, 1, 1}));
  output(graph, binary(graph, BinaryKind::kMultiply, graph.emit(Convolution{}, {x, weights}), per_channel(5, 2)), "scaled");
  output(graph, graph.emit(Convolution{}, {x, weights}), "plain");
  EXPECT_EQ(operations(expect_rewrite(fold_batch_norm, graph)), "Convolution Result Convolution Result");
}

}  // namespace
}  // namespace octet::passes
