#include <limits>

#include "graph/patterns.h"
#include "passes/pass_testing.h"
#include "passes/passes.h"

namespace octet::passes {
namespace {

using namespace testing;

// A convolution with a bias, `activate`, then times `scale` plus `shift`.
template <typename Activate>
Graph graph_of(const Activate& activate, const Tensor& scale, const Tensor& shift) {
  Graph graph;
  const Value sum =
      binary(graph, BinaryKind::kAdd, convolution(graph, input(graph, {2, 3, 4, 4}), 2), Tensor::of<float>({1, 2, 1, 1}, {0.5f, -0.25f}));
  const Value scaled = binary(graph, BinaryKind::kMultiply, activate(graph, sum), scale);
  output(graph, binary(graph, BinaryKind::kAdd, scaled, shift));
  return graph;
}

Value relu(Graph& graph, Value x) { return unary(graph, UnaryKind::kRelu, x); }
Value relu6(Graph& graph, Value x) { return graph.emit(Clamp{0, 6}, {x}); }

// The pass and the one that takes what it leaves.
bool fold(Graph& graph) {
  const bool moved = scale_before_clamp(graph);
  return fold_batch_norm(graph) || moved;
}

const Clamp& last_clamp(const Graph& graph) { return *op_of<Clamp>(graph, graph.node(graph.outputs()[0]).inputs[0]); }

TEST(ScaleBeforeClamp, LetsAConvolutionTakeTheScaleBehindItsRelu) {
  const Graph graph = expect_rewrite(fold, graph_of(relu, Tensor::scalar(0.75f), Tensor::of<float>({1}, {0.125f})));
  EXPECT_EQ(operations(graph), "Convolution Add Clamp Result");
  EXPECT_EQ(last_clamp(graph).min, 0.125);
  EXPECT_EQ(last_clamp(graph).max, static_cast<double>(std::numeric_limits<float>::max()));
}

TEST(ScaleBeforeClamp, TurnsTheLimitsWithANegativeScale) {
  const Graph graph = expect_rewrite(fold, graph_of(relu6, Tensor::scalar(-0.5f), Tensor::scalar(1.0f)));
  EXPECT_EQ(operations(graph), "Convolution Add Clamp Result");
  EXPECT_EQ(last_clamp(graph).min, -2);
  EXPECT_EQ(last_clamp(graph).max, 1);
}

TEST(ScaleBeforeClamp, LeavesScalesOfSingleChannels) {
  expect_untouched(scale_before_clamp, graph_of(relu, Tensor::of<float>({1, 2, 1, 1}, {2.0f, 3.0f}), Tensor::scalar(0.0f)));
}

TEST(ScaleBeforeClamp, LeavesAFactorOfZero) {
  expect_untouched(scale_before_clamp, graph_of(relu, Tensor::scalar(0.0f), Tensor::scalar(1.0f)));
}

TEST(ScaleBeforeClamp, LeavesWhatNoConvolutionComputes) {
  Graph graph;
  const Value clamped = relu(graph, input(graph, {1, 3, 2, 2}));
  output(graph, binary(graph, BinaryKind::kMultiply, clamped, 2.0f));
  expect_untouched(scale_before_clamp, std::move(graph));
}

TEST(ScaleBeforeClamp, LeavesWhatIsReadUnscaledToo) {
  Graph graph;
  const Value clamped = relu(graph, convolution(graph, input(graph, {1, 3, 4, 4}), 2));
  output(graph, binary(graph, BinaryKind::kMultiply, clamped, 2.0f));
  output(graph, clamped, "too");
  expect_untouched(scale_before_clamp, std::move(graph));
}

}  // namespace
}  // namespace octet::passes
