#include "quant/settle.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "graph/byte_grids.h"
#include "graph/patterns.h"
#include "runtime/graph_for_test.h"

namespace octet::quant {
namespace {

using runtime_test::SmallGraph;

Value quantized(SmallGraph& g, Value data, float low, float high) {
  const Value from = g.graph.emit_constant(Tensor::of<float>({1, 1, 1, 1}, {low})),
              to = g.graph.emit_constant(Tensor::of<float>({1, 1, 1, 1}, {high}));
  return g.graph.emit(FakeQuantize{256}, {data, from, to, from, to}, "fq");
}

std::vector<float> constant_of(const Graph& graph, const char* node, std::size_t input) {
  return to_vector<float>(*graph.constant(graph.node(graph.find(node)).inputs[input]));
}

TEST(SettleNumbers, LimitsAreThoseOfTheirScaleAndZeroPoint) {
  EXPECT_TRUE(rc::check([] {
    const auto zero = static_cast<float>(*rc::gen::inRange(0, 256));
    const float scale = std::ldexp(static_cast<float>(*rc::gen::inRange(1 << 20, 1 << 21)), *rc::gen::inRange(-40, -10));
    SmallGraph g;
    g.output(quantized(g, g.input({1, 2, 3, 3}), -zero * scale, (255 - zero) * scale));
    settle_numbers(g.graph);
    const float low = constant_of(g.graph, "fq", 1)[0], high = constant_of(g.graph, "fq", 2)[0];
    RC_ASSERT(std::fabs(low + zero * scale) <= 1e-4f * scale);
    RC_ASSERT(std::fabs(high - (255 - zero) * scale) <= 1e-4f * scale);
    const auto grid = byte_grid_of(static_cast<double>(low), static_cast<double>(high));
    RC_ASSERT(grid.has_value());
    RC_ASSERT(grid->low() == low);
    RC_ASSERT(grid->high() == high);
  }));
}

// Weights with a scale of 0.01 behind steps of 0.5, by way of a pool that moves bytes.
TEST(SettleNumbers, BiasesAreWholeSteps) {
  SmallGraph g;
  const Value pooled = g.graph.emit(MaxPool{{2, 2}, {2, 2}}, {quantized(g, g.input({1, 2, 4, 4}), 0, 127.5f)});
  g.output(g.bias(g.integer_conv(pooled, 3)));
  const auto before = constant_of(g.graph, "bias", 1);
  settle_numbers(g.graph);
  const auto after = constant_of(g.graph, "bias", 1);
  const double step = static_cast<double>(0.5f * 0.01f);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_NEAR(after[i], before[i], 0.5001 * step);
    EXPECT_EQ(after[i], static_cast<float>(std::nearbyint(static_cast<double>(after[i]) / step) * step));
  }
}

// Steps of 0.5, and what the convolution makes stays.
TEST(SettleNumbers, ChannelsAreMovedByWholeSteps) {
  SmallGraph g;
  const Value active = g.relu(g.input({1, 2, 4, 4}));
  const Value offset = g.graph.emit_constant(Tensor::of<float>({1, 2, 1, 1}, {-3.2f, 7.9f}));
  const Value moved = g.graph.emit(Binary{BinaryKind::kAdd}, {active, offset}, "offset");
  g.output(g.bias(g.integer_conv(quantized(g, moved, -64, 63.5f), 3)));
  const auto before = constant_of(g.graph, "bias", 1);
  const auto weights =
      to_vector<double>(*g.graph.constant(g.graph.node(g.graph.node(g.graph.node(g.graph.find("conv")).inputs[1]).inputs[0]).inputs[0]));
  settle_numbers(g.graph);
  EXPECT_EQ(constant_of(g.graph, "offset", 1), (std::vector<float>{-3, 8}));
  const auto after = constant_of(g.graph, "bias", 1);
  for (std::size_t o = 0; o < 3; ++o) EXPECT_NEAR(after[o], before[o] - 0.01 * (weights[2 * o] * 0.2 + weights[2 * o + 1] * 0.1), 0.003);
}

// Bytes without a sign are what files of others have; nothing could be given back there.
TEST(SettleNumbers, LeavesChannelsInFrontOfOtherWeights) {
  SmallGraph g;
  const Value offset = g.graph.emit_constant(Tensor::of<float>({1, 2, 1, 1}, {-3.2f, 7.9f}));
  const Value moved = g.graph.emit(Binary{BinaryKind::kAdd}, {g.relu(g.input({1, 2, 4, 4})), offset}, "offset");
  const Value wide = g.graph.emit(Convert{ElementType::kF32}, {g.graph.emit_constant(Tensor(ElementType::kU8, {3, 2, 1, 1}))});
  const Value weights = g.graph.emit(Binary{BinaryKind::kMultiply}, {wide, g.graph.emit_constant(Tensor::scalar(0.01f))});
  g.output(g.bias(g.graph.emit(Convolution{}, {quantized(g, moved, -64, 63.5f), weights})));
  const auto bias = constant_of(g.graph, "bias", 1);
  settle_numbers(g.graph);
  EXPECT_EQ(constant_of(g.graph, "offset", 1), (std::vector<float>{-3.2f, 7.9f}));
  EXPECT_EQ(constant_of(g.graph, "bias", 1), bias);
}

TEST(SettleNumbers, LeavesBiasesBehindFloats) {
  SmallGraph g;
  g.output(g.bias(g.integer_conv(g.input({1, 2, 4, 4}), 3)));
  const auto before = constant_of(g.graph, "bias", 1);
  settle_numbers(g.graph);
  EXPECT_EQ(constant_of(g.graph, "bias", 1), before);
}

}  // namespace
}  // namespace octet::quant
