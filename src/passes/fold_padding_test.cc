#include <limits>

#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Value padded(Graph& graph, Value data, const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& end, float value = 0,
             Pad::Mode mode = Pad::Mode::kConstant) {
  std::vector<Value> inputs{data, graph.emit_constant(integers(begin)), graph.emit_constant(integers(end))};
  if (mode == Pad::Mode::kConstant) inputs.push_back(graph.emit_constant(Tensor::scalar(value)));
  return graph.emit(Pad{mode}, std::move(inputs), "pad");
}

TEST(FoldPadding, GoesIntoAConvolutionThatPadsItself) {
  Graph graph;
  output(graph, convolution(graph, padded(graph, input(graph, {1, 3, 5, 5}), {0, 0, 1, 2}, {0, 0, 0, 3}), 4));
  const Graph folded = expect_rewrite(fold_padding, graph);
  EXPECT_EQ(operations(folded), "Convolution Result");
  EXPECT_EQ(std::get<Convolution>(folded.node(folded.find("conv")).op).pads, (Pads{{2, 3}, {1, 4}}));
}

TEST(FoldPadding, GoesIntoEachGroupedConvolutionThatReads) {
  Graph graph;
  const Value pad = padded(graph, input(graph, {1, 4, 5, 5}), {0, 0, 1, 1}, {0, 0, 1, 1});
  output(graph, graph.emit(GroupConvolution{{2, 2}}, {pad, graph.emit_constant(Numbers(5).tensor({4, 1, 1, 3, 3}))}), "a");
  output(graph, convolution(graph, pad, 2), "b");
  EXPECT_EQ(operations(expect_rewrite(fold_padding, graph)), "GroupConvolution Result Convolution Result");
}

TEST(FoldPadding, LeavesOtherNumbersOtherAxesAndMirrors) {
  const std::vector<std::int64_t> rows{0, 0, 1, 1}, channels{0, 1, 1, 1};
  Graph ones, deeper, mirrored;
  output(ones, convolution(ones, padded(ones, input(ones, {1, 3, 5, 5}), rows, rows, 1), 4));
  expect_untouched(fold_padding, ones);
  output(deeper, convolution(deeper, padded(deeper, input(deeper, {1, 3, 5, 5}), channels, rows), 4));
  expect_untouched(fold_padding, deeper);
  output(mirrored, convolution(mirrored, padded(mirrored, input(mirrored, {1, 3, 5, 5}), rows, rows, 0, Pad::Mode::kReflect), 4));
  expect_untouched(fold_padding, mirrored);
}

constexpr float kNeverWins = -std::numeric_limits<float>::infinity();

TEST(FoldPadding, GoesIntoAMaxPoolWhereItNeverWins) {
  Graph graph;
  const Value pad = padded(graph, input(graph, {1, 3, 5, 5}), {0, 0, 1, 0}, {0, 0, 1, 1}, kNeverWins);
  output(graph, graph.emit(MaxPool{{3, 3}, {2, 2}}, {pad}, "pool"));
  const Graph folded = expect_rewrite(fold_padding, graph);
  EXPECT_EQ(operations(folded), "MaxPool Result");
  EXPECT_EQ(std::get<MaxPool>(folded.node(folded.find("pool")).op).pads, (Pads{{1, 0}, {1, 1}}));
}

TEST(FoldPadding, LeavesPoolsThatCountOtherwise) {
  Graph wide, rounded_up;
  const Value wide_pad = padded(wide, input(wide, {1, 3, 5, 5}), {0, 0, 2, 2}, {0, 0, 2, 2}, kNeverWins);
  output(wide, wide.emit(MaxPool{{2, 2}}, {wide_pad}));
  expect_untouched(fold_padding, wide);
  const Value pad = padded(rounded_up, input(rounded_up, {1, 3, 5, 5}), {0, 0, 1, 1}, {0, 0, 1, 1}, kNeverWins);
  output(rounded_up, rounded_up.emit(MaxPool{.kernel = {3, 3}, .strides = {2, 2}, .rounding = Rounding::kCeil}, {pad}));
  expect_untouched(fold_padding, rounded_up);
}

TEST(FoldPadding, LeavesZerosInFrontOfAPool) {
  Graph graph;
  const Value pad = padded(graph, input(graph, {1, 3, 5, 5}), {0, 0, 1, 1}, {0, 0, 1, 1});
  output(graph, graph.emit(MaxPool{{2, 2}}, {pad}));
  expect_untouched(fold_padding, graph);
}

}  // namespace
}  // namespace octet::passes
