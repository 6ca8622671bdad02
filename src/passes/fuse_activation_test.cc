#include "passes/passes.h"

#include <limits>

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

constexpr float kLargest = std::numeric_limits<float>::max();

// A graph of one function of one input.
template <typename Build>
Graph graph_of(Build build, Shape shape = {1, 3, 2, 2}) {
  Graph graph;
  output(graph, build(graph, input(graph, std::move(shape))));
  return graph;
}

TEST(FuseSelfGated, FindsSwishEitherWayRound) {
  const auto swish = [](Graph& g, Value x) { return binary(g, BinaryKind::kMultiply, x, unary(g, UnaryKind::kSigmoid, x)); };
  const auto turned = [](Graph& g, Value x) { return binary(g, BinaryKind::kMultiply, unary(g, UnaryKind::kSigmoid, x), x); };
  EXPECT_EQ(operations(expect_rewrite(fuse_self_gated, graph_of(swish))), "Swish Result");
  EXPECT_EQ(operations(expect_rewrite(fuse_self_gated, graph_of(turned))), "Swish Result");
}

TEST(FuseSelfGated, FindsMish) {
  const auto mish = [](Graph& g, Value x) {
    return binary(g, BinaryKind::kMultiply, x, unary(g, UnaryKind::kTanh, unary(g, UnaryKind::kSoftPlus, x)));
  };
  EXPECT_EQ(operations(expect_rewrite(fuse_self_gated, graph_of(mish))), "Mish Result");
}

TEST(FuseSelfGated, FindsHSwishInItsSpellings) {
  const auto ramp = [](Graph& g, Value x) { return g.emit(Clamp{0, 6}, {binary(g, BinaryKind::kAdd, x, 3.0f)}); };
  const auto sixth_last = [&](Graph& g, Value x) {
    return binary(g, BinaryKind::kDivide, binary(g, BinaryKind::kMultiply, x, ramp(g, x)), 6.0f);
  };
  const auto sixth_first = [&](Graph& g, Value x) {
    return binary(g, BinaryKind::kMultiply, binary(g, BinaryKind::kMultiply, ramp(g, x), 0.16666667f), x);
  };
  const auto by_hard_sigmoid = [](Graph& g, Value x) {
    const Value alpha = g.emit_constant(Tensor::scalar(0.16666670143604279f)), beta = g.emit_constant(Tensor::scalar(0.5f));
    return binary(g, BinaryKind::kMultiply, x, g.emit(HardSigmoid{}, {x, alpha, beta}));
  };
  EXPECT_EQ(operations(expect_rewrite(fuse_self_gated, graph_of(sixth_last))), "HSwish Result");
  EXPECT_EQ(operations(expect_rewrite(fuse_self_gated, graph_of(sixth_first))), "HSwish Result");
  EXPECT_EQ(operations(expect_rewrite(fuse_self_gated, graph_of(by_hard_sigmoid))), "HSwish Result");
}

TEST(FuseSelfGated, LeavesWhatIsNearlyHSwish) {
  const auto with = [](float shift, double top, float divisor) {
    return [=](Graph& g, Value x) {
      const Value ramp = g.emit(Clamp{0, top}, {binary(g, BinaryKind::kAdd, x, shift)});
      return binary(g, BinaryKind::kDivide, binary(g, BinaryKind::kMultiply, x, ramp), divisor);
    };
  };
  expect_untouched(fuse_self_gated, graph_of(with(2, 6, 6)));
  expect_untouched(fuse_self_gated, graph_of(with(3, 5, 6)));
  expect_untouched(fuse_self_gated, graph_of(with(3, 6, 5)));
}

TEST(FuseSelfGated, LeavesTheGateOfAnotherValue) {
  const auto gated = [](Graph& g, Value x) {
    return binary(g, BinaryKind::kMultiply, unary(g, UnaryKind::kAbs, x), unary(g, UnaryKind::kSigmoid, x));
  };
  expect_untouched(fuse_self_gated, graph_of(gated));
}

TEST(FuseClamps, FindsRelu6InItsSpellings) {
  const auto min_of_max = [](Graph& g, Value x) { return binary(g, BinaryKind::kMinimum, binary(g, BinaryKind::kMaximum, x, 0.0f), 6.0f); };
  const auto max_of_min = [](Graph& g, Value x) {
    return binary(g, BinaryKind::kMaximum, binary(g, BinaryKind::kMinimum, x, 1.0f), -0.5f);
  };
  const auto min_of_relu = [](Graph& g, Value x) { return binary(g, BinaryKind::kMinimum, unary(g, UnaryKind::kRelu, x), 6.0f); };
  EXPECT_EQ(operations(expect_rewrite(fuse_clamps, graph_of(min_of_max))), "Clamp Result");
  EXPECT_EQ(operations(expect_rewrite(fuse_clamps, graph_of(min_of_relu))), "Clamp Result");
  const Graph clamp = expect_rewrite(fuse_clamps, graph_of(max_of_min));
  EXPECT_EQ(operations(clamp), "Clamp Result");
  EXPECT_EQ(std::get<Clamp>(clamp.node(clamp.find("Maximum")).op).min, -0.5);
}

TEST(FuseClamps, NamesARelu) {
  const auto maximum = [](Graph& g, Value x) { return binary(g, BinaryKind::kMaximum, x, 0.0f); };
  const auto clamp = [](Graph& g, Value x) { return g.emit(Clamp{0, kLargest}, {x}); };
  EXPECT_EQ(operations(expect_rewrite(fuse_clamps, graph_of(maximum))), "ReLU Result");
  EXPECT_EQ(operations(expect_rewrite(fuse_clamps, graph_of(clamp))), "ReLU Result");
}

TEST(FuseClamps, IntersectsInOrder) {
  // The inner limits lie wholly above the outer ones.
  const auto apart = [](Graph& g, Value x) { return g.emit(Clamp{-1, 1}, {g.emit(Clamp{2, 3}, {x})}); };
  EXPECT_EQ(operations(expect_rewrite(fuse_clamps, graph_of(apart))), "Clamp Result");
}

TEST(FuseClamps, LeavesOneSidedLimitsAndSharedValues) {
  expect_untouched(fuse_clamps, graph_of([](Graph& g, Value x) { return binary(g, BinaryKind::kMinimum, x, 6.0f); }));
  expect_untouched(fuse_clamps, graph_of([](Graph& g, Value x) { return g.emit(Clamp{0, 6}, {x}); }));
  expect_untouched(fuse_clamps, graph_of([](Graph& g, Value x) {
                     const Value relu = unary(g, UnaryKind::kRelu, x);
                     output(g, relu, "shared");
                     return binary(g, BinaryKind::kMinimum, relu, 6.0f);
                   }));
}

TEST(FuseClamps, LeavesALimitThatWidensTheShape) {
  const auto widened = [](Graph& g, Value x) { return binary(g, BinaryKind::kMaximum, x, Tensor(ElementType::kF32, {2, 3, 2, 2})); };
  expect_untouched(fuse_clamps, graph_of(widened));
}

TEST(FuseLeakyRelu, FindsOneSlopeOrOneAChannel) {
  const auto leaky = [](Graph& g, Value x) { return binary(g, BinaryKind::kMaximum, x, binary(g, BinaryKind::kMultiply, x, 0.1f)); };
  const auto per_channel = [](Graph& g, Value x) {
    return binary(g, BinaryKind::kMaximum, binary(g, BinaryKind::kMultiply, x, Tensor::of<float>({1, 3, 1, 1}, {.1f, -.2f, 1})), x);
  };
  const Graph one = expect_rewrite(fuse_leaky_relu, graph_of(leaky));
  EXPECT_EQ(operations(one), "PReLU Result");
  EXPECT_EQ(one.shape(one.node(one.find("Maximum")).inputs[1]), (Shape{1}));
  const Graph several = expect_rewrite(fuse_leaky_relu, graph_of(per_channel));
  EXPECT_EQ(several.shape(several.node(several.find("Maximum")).inputs[1]), (Shape{3}));
}

TEST(FuseLeakyRelu, LeavesAScalar) {
  Graph graph;
  const Value x = input(graph, {});
  output(graph, binary(graph, BinaryKind::kMaximum, x, binary(graph, BinaryKind::kMultiply, x, 0.1f)));
  expect_untouched(fuse_leaky_relu, graph);
}

TEST(FuseLeakyRelu, LeavesASlopeAboveOne) {
  const auto steep = [](Graph& g, Value x) { return binary(g, BinaryKind::kMaximum, x, binary(g, BinaryKind::kMultiply, x, 1.5f)); };
  expect_untouched(fuse_leaky_relu, graph_of(steep));
}

}  // namespace
}  // namespace octet::passes
