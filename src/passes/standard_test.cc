#include "passes/standard.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

// Batch normalisation of TensorFlow 1: k = gamma * rsqrt(variance + epsilon); conv * k + (beta - mean * k).
Value unfused_batch_norm(Graph& graph, Value x) {
  const std::int64_t channels = graph.shape(x)[1];
  const auto constant = [&](std::uint32_t seed) { return graph.emit_constant(Numbers(seed).tensor({1, channels, 1, 1})); };
  const Value variance = unary(graph, UnaryKind::kAbs, constant(1));
  const Value deviation = unary(graph, UnaryKind::kSqrt, binary(graph, BinaryKind::kAdd, variance, 0.001f));
  const Value k = binary(graph, BinaryKind::kDivide, constant(2), deviation);
  const Value shift = binary(graph, BinaryKind::kSubtract, constant(3), binary(graph, BinaryKind::kMultiply, constant(4), k));
  return binary(graph, BinaryKind::kAdd, binary(graph, BinaryKind::kMultiply, x, k), shift);
}

TEST(ImportPasses, BringABlockIntoTheExpectedForm) {
  Graph graph;
  Value x = binary(graph, BinaryKind::kDivide, input(graph, {1, 3, 6, 6}), 255.0f);
  x = unfused_batch_norm(graph, convolution(graph, x, 4));
  x = binary(graph, BinaryKind::kMinimum, binary(graph, BinaryKind::kMaximum, x, 0.0f), 6.0f);
  x = unfused_batch_norm(graph, convolution(graph, x, 3));
  x = binary(graph, BinaryKind::kMaximum, binary(graph, BinaryKind::kMultiply, x, 0.1f), x);
  output(graph, graph.emit(Reshape{}, {x, graph.emit_constant(integers({1, 3, 6, 6}))}));
  const Graph after = expect_rewrite(run_import_passes, graph);
  EXPECT_EQ(operations(after), "Convolution Add Clamp Convolution Add PReLU Result");
}

TEST(ImportPasses, KeepMeanAndScaleInFrontOfPadding) {
  Graph graph;
  Value x = binary(graph, BinaryKind::kMultiply, input(graph, {1, 3, 6, 6}), 2.0f / 255);
  x = binary(graph, BinaryKind::kSubtract, x, 1.0f);
  output(graph, convolution(graph, x, 4));
  EXPECT_EQ(operations(expect_rewrite(run_import_passes, graph)), "Multiply Add Convolution Result");
}

TEST(ImportPasses, LeaveAnEmptyGraphAlone) { expect_untouched(run_import_passes, Graph{}); }

}  // namespace
}  // namespace octet::passes
