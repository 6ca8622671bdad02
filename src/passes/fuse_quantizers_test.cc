#include "passes/pass_testing.h"
#include "passes/passes.h"

namespace octet::passes {
namespace {

using namespace testing;

const Shape kChannels{1, 3, 1, 1};

Tensor channels(const std::vector<float>& values) { return Tensor::of(kChannels, values); }

struct WrittenOut {
  std::vector<float> scale{0.01f, 0.02f, 0.5f}, least{0, -7, -255}, greatest{255, 248, 0}, back = scale;
};

Graph quantized(const WrittenOut& numbers) {
  Graph graph;
  const Value steps = binary(graph, BinaryKind::kDivide, input(graph, {1, 3, 8, 8}), channels(numbers.scale));
  const Value above = binary(graph, BinaryKind::kMaximum, unary(graph, UnaryKind::kRound, steps), channels(numbers.least));
  const Value inside = binary(graph, BinaryKind::kMinimum, above, channels(numbers.greatest));
  output(graph, binary(graph, BinaryKind::kMultiply, inside, channels(numbers.back)));
  return graph;
}

TEST(FuseQuantizers, FindsScalesAndZeroPointsOfChannels) {
  const Graph graph = expect_rewrite(fuse_quantizers, quantized({}));
  EXPECT_EQ(operations(graph), "FakeQuantize Result");
}

TEST(FuseQuantizers, LeavesOtherRangesAndScales) {
  expect_untouched(fuse_quantizers, quantized({.greatest = {127, 120, 0}}));
  expect_untouched(fuse_quantizers, quantized({.least = {0.5f, -7, -255}, .greatest = {255.5f, 248, 0}}));
  expect_untouched(fuse_quantizers, quantized({.back = {0.01f, 0.02f, 1}}));
  expect_untouched(fuse_quantizers, quantized({.scale = {0.01f, 0.02f, -0.5f}}));
}

}  // namespace
}  // namespace octet::passes
