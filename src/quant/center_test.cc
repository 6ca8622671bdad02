#include "quant/center.h"

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
constexpr double kSpread = 0.5;

// A convolution of single pixels with the bias 0, 10, 20, 30, so that its channels lie apart.
Value apart(SmallGraph& g, Value data, const std::string& name) {
  const Value weights = g.graph.emit_constant(numbers({4, g.graph.shape(data)[1], 1, 1}, 11));
  const Value conv = g.graph.emit(Convolution{}, {data, weights}, name);
  const Value bias = g.graph.emit_constant(Tensor::of<float>({1, 4, 1, 1}, std::vector<float>{0, 10, 20, 30}));
  return g.graph.emit(Binary{BinaryKind::kAdd}, {conv, bias}, name + "_bias");
}

Value leaky(SmallGraph& g, Value data, const std::string& name) {
  return g.graph.emit(PRelu{}, {data, g.graph.emit_constant(Tensor::of<float>({1}, std::vector<float>{0.1f}))}, name);
}

Value pixels(SmallGraph& g, Value data, std::int64_t channels, const std::string& name) {
  const Value weights = g.graph.emit_constant(numbers({channels, g.graph.shape(data)[1], 1, 1}, 12));
  return g.graph.emit(Convolution{}, {data, weights}, name);
}

std::map<Value, RangeObserver> observe(const Graph& graph) {
  std::vector<Value> values;
  for (const Point& point : plan_quantization(graph).points) values.push_back(point.value);
  const auto load = [](std::size_t index) -> Result<Tensor> { return numbers(kImage, static_cast<std::uint32_t>(index + 1)); };
  CalibrationOptions options;
  options.of_channels = true;
  return *calibrate(graph, values, CalibrationImages{4, load}, options);
}

ChannelOffsets center(Graph& graph) {
  insert_offsets(graph);
  return center_channels(graph, plan_quantization(graph), observe(graph), kSpread);
}

Graph centered(Graph graph) {
  center(graph);
  remove_idle_offsets(graph);
  return graph;
}

double range_of(const Graph& graph, const std::string& name) {
  const RangeObserver observer = observe(graph).at({graph.find(name), 0});
  return observer.typical_max(0) - observer.typical_min(0);
}

void expect_same(const Graph& before, const Graph& after) {
  const Tensor image = numbers(kImage, 99);
  const auto expected = *evaluate(before, {{"image", image}}), found = *evaluate(after, {{"image", image}});
  for (const auto& [name, tensor] : expected) {
    const auto wanted = to_vector<double>(tensor), got = to_vector<double>(found.at(name));
    const double largest = std::fabs(*std::ranges::max_element(wanted, {}, [](double x) { return std::fabs(x); }));
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-5 * largest);
  }
}

// What biases make, in a chain of sums, a join, a pool and a split.
Graph residual_net() {
  SmallGraph g;
  const Value a = apart(g, g.input(kImage), "a"), b = apart(g, leaky(g, g.bias(pixels(g, a, 6, "into")), "active"), "b");
  const Value sum = g.add(a, b, "sum");
  const Value pooled = g.graph.emit(MaxPool{{3, 3}, {1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {g.concat({sum, b})}, "pooled");
  const NodeId halves = g.graph.emit(Split{2}, {pooled, g.graph.emit_constant(Tensor::scalar<std::int64_t>(1))}, "halves").node;
  g.output(g.bias(pixels(g, {halves, 0}, 5, "head"), "head_bias"));
  g.output(g.bias(pixels(g, {halves, 1}, 5, "other_head"), "other_bias"), "other");
  return std::move(g.graph);
}

TEST(CenterChannels, ComputesTheSame) { expect_same(residual_net(), centered(residual_net())); }

TEST(CenterChannels, NarrowsWhatBiasesAndSumsMake) {
  const Graph before = residual_net(), after = centered(residual_net());
  for (const std::string name : {"a_bias", "b_bias"}) EXPECT_LT(range_of(after, name), 0.5 * range_of(before, name)) << name;
}

TEST(CenterChannels, SaysWhatWasTakenFromASum) {
  Graph graph = residual_net();
  const ChannelOffsets offsets = center(graph);
  const auto of = [&](const std::string& name) { return offsets.at({graph.find(name), 0}); };
  const auto a = of("a_bias"), b = of("b_bias"), sum = of("sum");
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_NEAR(a[c], 10.0 * static_cast<double>(c), 5);
    EXPECT_DOUBLE_EQ(sum[c], a[c] + b[c]);
  }
}

// What a convolution with padding or an output reads as well has to be the true value.
TEST(CenterChannels, LeavesWhatPaddingAndOutputsRead) {
  SmallGraph g;
  const Value a = apart(g, g.input(kImage), "a"), b = apart(g, a, "b");
  g.output(g.conv(a, 4, "padded"), "of_padded");
  g.output(g.bias(pixels(g, b, 4, "reader"), "reader_bias"), "of_reader");
  g.output(b, "raw");
  Graph graph = std::move(g.graph);
  const Convolution padded = std::get<Convolution>(graph.node(graph.find("padded")).op);
  ASSERT_NE(padded.pads.begin, (Spatial{0, 0}));
  EXPECT_TRUE(center(graph).empty());
}

TEST(CenterChannels, LeavesChannelsThatLieTogether) {
  SmallGraph g;
  const Value a = g.bias(pixels(g, g.input(kImage), 1, "a"), "a_bias");
  const Value b = leaky(g, g.bias(pixels(g, a, 1, "b"), "b_bias"), "b_leaky");
  g.output(g.bias(pixels(g, b, 4, "reader"), "reader_bias"));
  const std::size_t nodes = g.graph.nodes().size();
  Graph graph = std::move(g.graph);
  EXPECT_TRUE(center(graph).empty());
  EXPECT_GT(graph.nodes().size(), nodes);
  remove_idle_offsets(graph);
  EXPECT_EQ(graph.nodes().size(), nodes);
}

// What an activation makes cannot be moved in a bias.
TEST(CenterChannels, MovesWhatActivationsMakeInASum) {
  SmallGraph g;
  const Value a = leaky(g, apart(g, g.input(kImage), "a"), "a_leaky");
  g.output(g.bias(pixels(g, a, 4, "reader"), "reader_bias"));
  const Graph before = std::move(g.graph), after = centered(before);
  expect_same(before, after);
  EXPECT_LT(range_of(after, "a_leaky/offset"), 0.5 * range_of(before, "a_leaky"));
}

TEST(CenterChannels, LeavesWhatClampsMake) {
  SmallGraph g;
  const Value a = g.graph.emit(Unary{UnaryKind::kRelu}, {apart(g, g.input(kImage), "a")}, "a_relu");
  const Value b = g.graph.emit(Clamp{0, 6}, {apart(g, a, "b")}, "b_clamp");
  g.output(g.bias(pixels(g, b, 4, "reader"), "reader_bias"));
  Graph graph = std::move(g.graph);
  EXPECT_TRUE(center(graph).empty());
}

// A channel that hardly changes and lies far from zero would be more steps away than a plan holds.
TEST(CenterChannels, LeavesAChannelThatIsThousandsOfStepsAway) {
  SmallGraph g;
  const Value weights = g.graph.emit_constant(Tensor::of<float>({2, 3, 1, 1}, std::vector<float>{1, 1, 1, 1e-4f, 0, 0}));
  const Value conv = g.graph.emit(Convolution{}, {g.input(kImage), weights}, "a");
  const Value bias = g.graph.emit_constant(Tensor::of<float>({1, 2, 1, 1}, std::vector<float>{20, 40}));
  const Value a = leaky(g, g.graph.emit(Binary{BinaryKind::kAdd}, {conv, bias}, "a_bias"), "a_leaky");
  g.output(g.bias(pixels(g, a, 4, "reader"), "reader_bias"));
  Graph graph = std::move(g.graph);
  const ChannelOffsets offsets = center(graph);
  const std::vector<double>& moved = offsets.at({graph.find("a_leaky/offset"), 0});
  EXPECT_GT(moved[0], 10);
  EXPECT_EQ(moved[1], 0);
}

}  // namespace
}  // namespace octet::quant
