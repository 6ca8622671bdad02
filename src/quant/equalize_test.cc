#include "quant/equalize.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "graph/patterns.h"
#include "quant/calibrate.h"
#include "runtime/graph_for_test.h"

namespace octet::quant {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

const Shape kImage{1, 3, 10, 10};

CalibrationImages pictures() {
  return {4, [](std::size_t index) -> Result<Tensor> { return numbers(kImage, static_cast<std::uint32_t>(index + 1)); }};
}

// Output channel o times 4^o, so that the channels differ in range.
Value uneven(SmallGraph& g, Value value, const std::string& name) {
  Tensor weights = numbers({4, g.graph.shape(value)[1], 3, 3}, 11);
  const auto values = weights.mutable_values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t quarter = i * 4 / values.size();
    values[i] *= static_cast<float>(std::pow(4.0, static_cast<double>(quarter)));
  }
  return g.graph.emit(Convolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {value, g.graph.emit_constant(weights)}, name);
}

// A sum, a join, a split, grouped and depthwise convolutions, leaky and plain activations.
Graph net_with_uneven_channels() {
  SmallGraph g;
  const Value a = g.relu(g.bias(uneven(g, g.input(kImage), "a")), "a_relu");
  const Value slope = g.graph.emit_constant(Tensor::of<float>({1}, std::vector<float>{0.1f}));
  const Value b = g.graph.emit(PRelu{}, {g.bias(uneven(g, a, "b"), "b_bias"), slope}, "b_leaky");
  const Value sum = g.add(uneven(g, b, "c"), a, "sum");
  const Value deep = g.graph.emit(GroupConvolution{}, {sum, g.graph.emit_constant(numbers({4, 1, 1, 1, 1}, 3))}, "deep");
  const Value joined = g.concat({deep, b});
  const NodeId halves = g.graph.emit(Split{2}, {joined, g.graph.emit_constant(Tensor::scalar<std::int64_t>(1))}, "halves").node;
  const Value grouped = g.graph.emit(GroupConvolution{}, {{halves, 1}, g.graph.emit_constant(numbers({2, 3, 2, 1, 1}, 4))}, "grouped");
  g.output(g.bias(g.conv(g.concat({grouped, {halves, 0}}, 1, "last_join"), 5, "head"), "head_bias"));
  return std::move(g.graph);
}

std::map<Value, RangeObserver> observe(const Graph& graph, const QuantizationPlan& plan) {
  std::vector<Value> values;
  for (const Point& point : plan.points) values.push_back(point.value);
  CalibrationOptions options;
  options.of_channels = true;
  return *calibrate(graph, values, pictures(), options);
}

// Greatest over smallest range of the channels of a value.
double unevenness(const RangeObserver& observer) {
  double least = INFINITY, most = 0;
  for (std::size_t c = 0; c < observer.min().size(); ++c) {
    const double range = observer.typical_max(c, 0) - observer.typical_min(c, 0);
    least = std::min(least, range);
    most = std::max(most, range);
  }
  return most / least;
}

TEST(EqualizeChannels, ComputesTheSame) {
  const Graph before = net_with_uneven_channels();
  Graph after = before;
  const QuantizationPlan plan = plan_quantization(before);
  equalize_channels(after, plan, observe(before, plan), {}, 0.5, 2);
  const Tensor image = numbers(kImage, 99);
  const auto expected = to_vector<double>((*evaluate(before, {{"image", image}})).begin()->second);
  const auto found = to_vector<double>((*evaluate(after, {{"image", image}})).begin()->second);
  const double largest = std::fabs(*std::ranges::max_element(expected, {}, [](double x) { return std::fabs(x); }));
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5 * largest);
}

TEST(EqualizeChannels, MakesRangesAlike) {
  const Graph before = net_with_uneven_channels();
  Graph after = before;
  const QuantizationPlan plan = plan_quantization(before);
  const auto old_observers = observe(before, plan);
  equalize_channels(after, plan, old_observers, {}, 0.5, 2);
  const auto new_observers = observe(after, plan_quantization(after));
  const double old_unevenness = unevenness(old_observers.at({before.find("b_leaky"), 0}));
  EXPECT_GT(old_unevenness, 10);
  EXPECT_LT(unevenness(new_observers.at({after.find("b_leaky"), 0})), 0.25 * old_unevenness);
}

// SiLU behind convolutions: one that a convolution reads, one that a sum reads, too, and one that is an output as well.
Graph net_with_silu() {
  SmallGraph g;
  const auto silu = [&](Value value, const std::string& name) { return g.graph.emit(Unary{UnaryKind::kSwish}, {value}, name); };
  const Value a = silu(g.bias(uneven(g, g.input(kImage), "a"), "a_bias"), "a_silu");
  const Value b = silu(uneven(g, a, "b"), "b_silu");
  const Value c = silu(uneven(g, g.add(a, b, "sum"), "c"), "c_silu");
  g.output(c, "raw");
  g.output(g.conv(c, 5, "head"));
  return std::move(g.graph);
}

TEST(InsertScales, PutsThemBehindCurvedActivationsThatAreReadQuantizedAlone) {
  Graph graph = net_with_silu();
  insert_scales(graph);
  std::vector<std::string> scaled;
  for (const Node& node : graph.nodes())
    if (is_binary(graph, {graph.find(node.name), 0}, BinaryKind::kMultiply)) scaled.push_back(graph.node(node.inputs[0]).name);
  EXPECT_EQ(scaled, (std::vector<std::string>{"a_silu", "b_silu"}));
}

TEST(InsertScales, LetChannelsBehindCurvedActivationsBeAlike) {
  const Graph before = net_with_silu();
  Graph after = before;
  insert_scales(after);
  const auto old_observers = observe(before, plan_quantization(before));
  const QuantizationPlan plan = plan_quantization(after);
  equalize_channels(after, plan, observe(after, plan), {}, 0.5, 2);
  const auto new_observers = observe(after, plan_quantization(after));
  const double old_unevenness = unevenness(old_observers.at({before.find("a_silu"), 0}));
  EXPECT_GT(old_unevenness, 5);
  EXPECT_LT(unevenness(new_observers.at({after.find("a_silu/scale"), 0})), 0.5 * old_unevenness);
  const Tensor image = numbers(kImage, 99);
  const auto expected = *evaluate(before, {{"image", image}}), found = *evaluate(after, {{"image", image}});
  for (const auto& [name, tensor] : expected) {
    const auto wanted = to_vector<double>(tensor), got = to_vector<double>(found.at(name));
    const double largest = std::fabs(*std::ranges::max_element(wanted, {}, [](double x) { return std::fabs(x); }));
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-5 * largest);
  }
}

TEST(InsertScales, LeaveNothingBehindWhereNoFactorIsFree) {
  SmallGraph g;
  const Value curved = g.graph.emit(Unary{UnaryKind::kSwish}, {g.conv(g.input(kImage), 3, "a")}, "silu");
  g.output(g.add(curved, g.graph.emit(Unary{UnaryKind::kSigmoid}, {curved}), "sum"));
  insert_scales(g.graph);
  const QuantizationPlan plan = plan_quantization(g.graph);
  equalize_channels(g.graph, plan, observe(g.graph, plan), {}, 0.5, 2);
  for (const Node& node : g.graph.nodes()) EXPECT_FALSE(node.name.ends_with("/scale"));
}

TEST(EqualizeChannels, LeavesDeadChannelsFinite) {
  SmallGraph g;
  Tensor weights = numbers({4, 3, 3, 3});
  for (std::size_t i = 0; i < 27; ++i) weights.mutable_values<float>()[i] = 0;
  const Value a = g.graph.emit(Convolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {g.input(kImage), g.graph.emit_constant(weights)}, "a");
  g.output(g.conv(g.relu(a), 2, "head"));
  const QuantizationPlan plan = plan_quantization(g.graph);
  equalize_channels(g.graph, plan, observe(g.graph, plan), {}, 0.5, 2);
  for (const Node& node : g.graph.nodes()) {
    const auto* constant = std::get_if<Constant>(&node.op);
    if (!constant) continue;
    for (const float value : constant->value.values<float>()) EXPECT_TRUE(std::isfinite(value)) << node.name;
  }
}

}  // namespace
}  // namespace octet::quant
