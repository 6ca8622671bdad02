#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

TEST(FoldInputScale, ScalesTheInputChannelsOfAPaddedConvolution) {
  Graph graph;
  const Value scaled = binary(graph, BinaryKind::kMultiply, input(graph, {1, 3, 5, 5}), Numbers().tensor({1, 3, 1, 1}));
  output(graph, convolution(graph, scaled, 4));
  EXPECT_EQ(operations(expect_rewrite(fold_input_scale, graph)), "Convolution Result");
}

TEST(FoldInputScale, DividesByThePixelRange) {
  Graph graph;
  output(graph, convolution(graph, binary(graph, BinaryKind::kDivide, input(graph, {1, 3, 5, 5}), 255.0f), 4));
  EXPECT_EQ(operations(expect_rewrite(fold_input_scale, graph)), "Convolution Result");
}

TEST(FoldInputScale, ScalesEachGroup) {
  Graph graph;
  const Value scaled = binary(graph, BinaryKind::kMultiply, input(graph, {1, 4, 5, 5}), Numbers().tensor({1, 4, 1, 1}));
  const Value weights = graph.emit_constant(Numbers(5).tensor({2, 3, 2, 3, 3}));
  output(graph, graph.emit(GroupConvolution{}, {scaled, weights}));
  EXPECT_EQ(operations(expect_rewrite(fold_input_scale, graph)), "GroupConvolution Result");
}

TEST(FoldInputScale, ServesAllConvolutionsThatRead) {
  Graph graph;
  const Value scaled = binary(graph, BinaryKind::kMultiply, input(graph, {1, 3, 5, 5}), 0.5f);
  output(graph, convolution(graph, scaled, 4), "a");
  output(graph, convolution(graph, scaled, 2), "b");
  EXPECT_EQ(operations(expect_rewrite(fold_input_scale, graph)), "Convolution Result Convolution Result");
}

TEST(FoldInputScale, LeavesAProductThatSomethingElseReads) {
  Graph graph;
  const Value scaled = binary(graph, BinaryKind::kMultiply, input(graph, {1, 3, 5, 5}), 0.5f);
  output(graph, convolution(graph, scaled, 4), "a");
  output(graph, scaled, "b");
  expect_untouched(fold_input_scale, graph);
}

TEST(FoldInputScale, LeavesAShiftInFrontOfPadding) {
  Graph graph;
  output(graph, convolution(graph, binary(graph, BinaryKind::kAdd, input(graph, {1, 3, 5, 5}), 0.5f), 4));
  expect_untouched(fold_input_scale, graph);
}

}  // namespace
}  // namespace octet::passes
