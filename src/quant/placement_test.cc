#include "quant/placement.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"

namespace octet::quant {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

// Name of each quantized value with its readers: "relu: conv_1 add".
std::set<std::string> points_of(const Graph& graph) {
  std::set<std::string> result;
  for (const Point& point : plan_quantization(graph).points) {
    std::set<std::string> readers;
    for (const Edge& edge : point.edges) readers.insert(graph.node(edge.reader).name);
    std::string text = graph.node(point.value).name + ":";
    for (const std::string& reader : readers) text += " " + reader;
    result.insert(text);
  }
  return result;
}

const Point& point_of(const QuantizationPlan& plan, Value value) {
  const auto found = std::find_if(plan.points.begin(), plan.points.end(), [&](const Point& point) { return point.value == value; });
  EXPECT_NE(found, plan.points.end());
  return *found;
}

Value depthwise(SmallGraph& g, Value data, std::string name = "depthwise") {
  const Value weights = g.graph.emit_constant(numbers({g.graph.shape(data)[1], 1, 1, 3, 3}));
  return g.graph.emit(GroupConvolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {data, weights}, std::move(name));
}

Value max_pool(SmallGraph& g, Value data) { return g.graph.emit(MaxPool{{2, 2}, {2, 2}, {1, 1}, {}, Rounding::kFloor}, {data}, "pool"); }

TEST(PlanQuantization, QuantizesInputsOfConvolutionsBehindTheirActivations) {
  SmallGraph g;
  const Value a = g.relu(g.bias(g.conv(g.input({1, 3, 8, 8}), 4, "first")));
  g.output(g.bias(g.conv(a, 2, "second"), "head"));
  EXPECT_EQ(points_of(g.graph), (std::set<std::string>{"image: first", "relu: second"}));
  EXPECT_EQ(plan_quantization(g.graph).convolutions.size(), 2u);
}

TEST(PlanQuantization, GivesBothSidesOfAShortcutAScaleOfTheirOwn) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 4, "first"));
  const Value b = g.bias(g.conv(a, 4, "second"));
  g.output(g.conv(g.add(a, b), 2, "third"));
  EXPECT_EQ(points_of(g.graph), (std::set<std::string>{"image: first", "relu: add second", "bias: add", "add: third"}));
  const QuantizationPlan plan = plan_quantization(g.graph);
  EXPECT_NE(point_of(plan, a).group, point_of(plan, b).group);
}

TEST(PlanQuantization, MovesUpThroughPoolsAndResizes) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 4, "first")), pooled = max_pool(g, a);
  const Value resized = g.graph.emit(Interpolate{}, {pooled, g.integers({8, 8})}, "resize");
  g.output(g.conv(resized, 2, "second"));
  EXPECT_EQ(points_of(g.graph), (std::set<std::string>{"image: first", "relu: pool"}));
}

TEST(PlanQuantization, StaysBehindALinearResize) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 4, "first"));
  const Value resized = g.graph.emit(Interpolate{Interpolate::Mode::kLinear}, {a, g.integers({16, 16})}, "resize");
  g.output(g.conv(resized, 2, "second"));
  EXPECT_TRUE(points_of(g.graph).contains("resize: second"));
}

TEST(PlanQuantization, GivesWhatIsJoinedForAConvolutionOneScale) {
  SmallGraph g;
  const Value image = g.input({1, 3, 8, 8}), a = g.relu(g.conv(image, 4, "first")),
              b = max_pool(g, g.relu(g.conv(image, 4, "other"), "wide"));
  const Value resized = g.graph.emit(Interpolate{}, {b, g.integers({8, 8})}, "resize");
  g.output(g.conv(g.concat({a, resized}), 2, "last"));
  const QuantizationPlan plan = plan_quantization(g.graph);
  EXPECT_EQ(point_of(plan, a).group, point_of(plan, g.graph.node(b).inputs[0]).group);
  EXPECT_NE(point_of(plan, a).group, point_of(plan, image).group);
}

TEST(PlanQuantization, GivesNestedJoinsOneScale) {
  SmallGraph g;
  const Value image = g.input({1, 3, 8, 8}), a = g.relu(g.conv(image, 4), "a"), b = g.relu(g.conv(image, 4), "b"),
              c = g.relu(g.conv(image, 4), "c");
  g.output(g.conv(g.concat({c, g.concat({a, b}, 1, "inner")}, 1, "outer"), 2, "last"));
  const QuantizationPlan plan = plan_quantization(g.graph);
  EXPECT_EQ(point_of(plan, a).group, point_of(plan, c).group);
  EXPECT_EQ(point_of(plan, a).group, point_of(plan, b).group);
}

TEST(PlanQuantization, LeavesJoinsWithConstantsAlone) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 4, "first"));
  g.output(g.conv(g.concat({a, g.graph.emit_constant(numbers({1, 2, 8, 8}))}), 2, "last"));
  EXPECT_EQ(points_of(g.graph), (std::set<std::string>{"image: first", "concat: last"}));
}

TEST(PlanQuantization, QuantizesChannelByChannelForDepthwiseReadersOnly) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 4, "first"), "a"), b = g.relu(depthwise(g, a), "b");
  g.output(depthwise(g, b, "second"));
  g.output(g.conv(b, 2, "dense"), "other");
  const QuantizationPlan plan = plan_quantization(g.graph);
  EXPECT_TRUE(point_of(plan, a).per_channel);
  EXPECT_FALSE(point_of(plan, b).per_channel);
}

TEST(PlanQuantization, NeverMixesChannelsAndTensorsInOneGroup) {
  SmallGraph g;
  const Value image = g.input({1, 3, 8, 8}), a = g.relu(g.conv(image, 4), "a"), b = g.relu(g.conv(image, 4), "b");
  const Value joined = g.concat({a, b});
  g.output(depthwise(g, joined));
  g.output(depthwise(g, a, "alone"), "other");
  for (const Point& point : plan_quantization(g.graph).points) EXPECT_FALSE(point.per_channel && point.value != image);
}

TEST(PlanQuantization, LeavesTheTailOfADetectorFloat) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 4, "first"));
  std::vector<Value> rows;
  for (const std::string name : {"boxes", "more_boxes"}) {
    const Value map = g.graph.emit(Transpose{}, {g.bias(g.conv(a, 4, name), name + "_bias"), g.integers({0, 2, 3, 1})});
    rows.push_back(g.graph.emit(Reshape{}, {map, g.integers({1, -1})}));
  }
  g.output(g.graph.emit(Unary{UnaryKind::kSigmoid}, {g.concat(rows)}));
  EXPECT_EQ(points_of(g.graph), (std::set<std::string>{"image: first", "relu: boxes more_boxes"}));
}

TEST(PlanQuantization, LeavesSumsWithFoldedConstantsFloat) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 8, 8}), 4, "first");
  const Value folded = g.relu(g.graph.emit_constant(numbers({1, 4, 8, 8})), "folded");
  g.output(g.add(a, folded));
  EXPECT_EQ(points_of(g.graph), (std::set<std::string>{"image: first"}));
}

// As Ultralytics' exports have it: [1, 4 bins, cells] -> [1, 4, bins, cells] -> [1, bins, 4, cells], softmax, the mean by a 1x1
// convolution.
TEST(PlanQuantization, LeavesTheMeanOfADistributionFloat) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input({1, 3, 8, 8}), 64, "first"));
  const auto list = [&](std::vector<std::int64_t> values) {
    return g.graph.emit_constant(Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  };
  const Value sides = g.graph.emit(Reshape{}, {a, list({1, 4, 16, 64})}, "sides");
  const Value softmax = g.graph.emit(SoftMax{2}, {sides}, "softmax");
  const Value bins = g.graph.emit(Transpose{}, {softmax, list({0, 2, 1, 3})}, "bins");
  g.output(g.conv(bins, 1, "mean"));
  EXPECT_EQ(points_of(g.graph), std::set<std::string>{"image: first"});
  EXPECT_EQ(plan_quantization(g.graph).convolutions.size(), 1u);
}

TEST(PlanQuantization, LeavesConvolutionsWithComputedWeightsFloat) {
  SmallGraph g;
  const Value image = g.input({1, 3, 8, 8}), weights = g.input({2, 3, 1, 1}, "weights");
  g.output(g.graph.emit(Convolution{}, {image, weights}));
  EXPECT_TRUE(plan_quantization(g.graph).convolutions.empty());
}

}  // namespace
}  // namespace octet::quant
