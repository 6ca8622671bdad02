// What is done to a picture before a graph that does some of it itself.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "recognise/graphs_for_test.h"

namespace octet {
namespace {

// The graph with something between the picture and all that reads it: `make` gives the node that reads the picture, and the value that is
// read in its place.
Graph with_front(Graph graph, const std::function<std::pair<NodeId, Value>(Graph&, Value)>& make) {
  const Value image{graph.parameters()[0], 0};
  const auto [reader, made] = make(graph, image);
  graph.replace_uses(image, made);
  graph.set_input(reader, 0, image);
  graph.tidy();
  return graph;
}

std::pair<NodeId, Value> gathered(Graph& graph, Value image) {
  const Value made = graph.emit(Gather{}, {image, integers(graph, {2, 1, 0}), graph.emit_constant(Tensor::scalar<std::int64_t>(1))});
  return {made.node, made};
}

std::pair<NodeId, Value> split_and_joined(Graph& graph, Value image) {
  const NodeId planes = graph.emit(Split{3}, {image, graph.emit_constant(Tensor::scalar<std::int64_t>(1))}).node;
  return {planes, graph.emit(Concat{1}, {Value{planes, 2}, Value{planes, 1}, Value{planes, 0}})};
}

// As in a network that takes pixels one after another: the channels are turned while they are last.
std::pair<NodeId, Value> turned_while_last_and_divided(Graph& graph, Value image) {
  const Value last = graph.emit(Transpose{}, {image, integers(graph, {0, 2, 3, 1})});
  const Value turned = graph.emit(Gather{}, {last, integers(graph, {2, 1, 0}), graph.emit_constant(Tensor::scalar<std::int64_t>(3))});
  const Value planes = graph.emit(Transpose{}, {turned, integers(graph, {0, 3, 1, 2})});
  return {last.node, graph.emit(Binary{BinaryKind::kDivide}, {planes, graph.emit_constant(Tensor::scalar(255.0f))})};
}

// Channels turned and divided by 255 as a step on colours.
Tensor turning(Shape shape) { return Tensor::of<float>(std::move(shape), {0, 0, 1 / 255.0f, 0, 1 / 255.0f, 0, 1 / 255.0f, 0, 0}); }

std::pair<NodeId, Value> convolved_colours(Graph& graph, Value image) {
  const Value made = graph.emit(Convolution{}, {image, graph.emit_constant(turning({3, 3, 1, 1}))});
  return {made.node, made};
}

std::pair<NodeId, Value> multiplied_colours(Graph& graph, Value image) {
  const Value last = graph.emit(Transpose{}, {image, integers(graph, {0, 2, 3, 1})});
  const Value made = graph.emit(MatMul{}, {last, graph.emit_constant(turning({3, 3}))});
  return {last.node, graph.emit(Transpose{}, {made, integers(graph, {0, 3, 1, 2})})};
}

// A mean and a scale as a convolution of 1x1, a matrix of colours: what files have that take pixels as they are.
TEST(Recognise, SeesWhatAStepOnColoursDoesToThePicture) {
  for (const auto& front : {convolved_colours, multiplied_colours}) {
    const Recognition found = found_in(with_front(decoded(3), front));
    EXPECT_FALSE(found.input.reverse_channels);
    EXPECT_TRUE(found.input.scale.empty());
  }
}

// A network whose first convolution moves little: what it is to be divided by may be in its weights.
TEST(Recognise, SaysThatWeightsMayHoldTheScaleAlready) {
  const auto with_weights = [](float weight, const char* scale) {
    Graph graph;
    const std::vector<float> weights(4 * 3 * 9, weight);
    const Value stem = graph.emit(Convolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}},
                                  {picture(graph), graph.emit_constant(Tensor::of<float>({4, 3, 3, 3}, weights))});
    const Value rows = graph.emit(Reshape{}, {graph.emit(MaxPool{{24, 24}, {24, 24}}, {stem}), integers(graph, {1, 8, 8})});
    output(graph, rows, "rows");
    ModelInfo declared = kDeclaredWay;
    declared["scale_values"] = scale;
    declared.insert({{"octet_head", "dense"}, {"octet_classes", "4"}});
    return !found_in(graph, {.declared = declared}).doubt.empty();
  };
  EXPECT_FALSE(with_weights(0.5f, "255"));
  EXPECT_TRUE(with_weights(0.5f / 255, "255"));
  EXPECT_FALSE(with_weights(0.5f / 255, "1")) << "which is not divided";
  EXPECT_FALSE(with_weights(0, "255"));
}

TEST(Recognise, DoesNotDoAgainWhatTheGraphDoesToThePicture) {
  for (const auto& front : {gathered, split_and_joined, turned_while_last_and_divided}) {
    const Recognition found = found_in(with_front(decoded(3), front));
    EXPECT_FALSE(found.input.reverse_channels) << "of a network that takes RGB and turns BGR itself";
    EXPECT_EQ(found.input.scale.empty(), front == turned_while_last_and_divided);
    EXPECT_TRUE(found_in(with_front(yolox(7), front)).input.reverse_channels);
  }
  const Recognition bytes = found_in(decoded(3), {.takes_bytes = true});
  EXPECT_TRUE(bytes.input.scale.empty()) << "which hold no fractions";
  EXPECT_TRUE(bytes.input.reverse_channels);
  const Recognition converted = found_in(decoded(3), {.converter_reverses = true, .converter_scales = true});
  EXPECT_TRUE(converted.input.empty()) << "the Model Optimizer has put both into the weights";
  const auto subtracted = [](Graph& graph, Value image) {
    const Value made = graph.emit(Binary{BinaryKind::kSubtract}, {image, graph.emit_constant(Tensor::scalar(100.0f))});
    return std::pair(made.node, made);
  };
  EXPECT_TRUE(found_in(with_front(decoded(3), subtracted)).input.reverse_channels);
  // A picture of greys says nothing of an order.
  const auto grey = [](Graph& graph, Value image) {
    const Value axis = integers(graph, {1});
    const Value mean = graph.emit(Reduce{ReduceKind::kMean, true}, {image, axis});
    return std::pair(mean.node, graph.emit(Concat{1}, {mean, mean, mean}));
  };
  EXPECT_TRUE(found_in(with_front(decoded(3), grey)).input.reverse_channels);
}

// A picture times `factors` and plus `offsets`, a channel each.
Value scaled(Graph& graph, Value image, const std::vector<float>& factors, const std::vector<float>& offsets) {
  const Value times = graph.emit(Binary{BinaryKind::kMultiply}, {image, graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, factors))});
  return graph.emit(Binary{}, {times, graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, offsets))});
}

// What is done to pixels in front of a graph with such a front, where its metadata says what kDeclaredWay does.
Recognition found_with(const std::vector<float>& factors, const std::vector<float>& offsets, ModelInfo metadata = kDeclaredWay) {
  metadata["names"] = "[a, b, c]";
  const auto front = [&](Graph& graph, Value image) {
    const Value made = scaled(graph, image, factors, offsets);
    return std::pair(graph.node(made.node).inputs[0].node, made);
  };
  return found_in(with_front(detr(10, 3), front), {.metadata = metadata});
}

Recognition found_turned_with(const std::vector<float>& factors, const std::vector<float>& offsets) {
  const auto front = [&](Graph& graph, Value image) {
    const auto [reader, turned] = gathered(graph, image);
    return std::pair(reader, scaled(graph, turned, factors, offsets));
  };
  ModelInfo metadata = kDeclaredWay;
  metadata["names"] = "[a, b, c]";
  return found_in(with_front(detr(10, 3), front), {.metadata = metadata});
}

bool says_once(const Recognition& found) {
  return std::ranges::any_of(found.reasons, [](const std::string& reason) { return reason.find("not done again") != std::string::npos; });
}

const std::vector<float> kFactors = {1 / 58.395f, 1 / 57.12f, 1 / 57.375f},
                         kOffsets = {-123.675f / 58.395f, -116.28f / 57.12f, -103.53f / 57.375f};

TEST(Recognise, DoesNotNormalizeAgainWhereMetadataSaysWhatTheGraphDoes) {
  const Recognition whole = found_with(kFactors, kOffsets);
  EXPECT_TRUE(whole.input.mean.empty() && whole.input.scale.empty());
  EXPECT_TRUE(whole.input.reverse_channels);
  EXPECT_TRUE(says_once(whole));
  // Of pixels of 0..1: the division is left.
  const std::vector<float> of_fractions = {1 / 0.229f, 1 / 0.224f, 1 / 0.225f};
  const Recognition fractions = found_with(of_fractions, kOffsets);
  EXPECT_EQ(fractions.input.scale, std::vector<double>{255});
  EXPECT_TRUE(fractions.input.mean.empty());
  // The division alone: means and deviations are left.
  const Recognition divided = found_with(std::vector<float>(3, 1 / 255.0f), {0, 0, 0});
  ASSERT_EQ(divided.input.scale.size(), 3);
  EXPECT_NEAR(divided.input.scale[0], 0.229, 1e-4);
  EXPECT_NEAR(divided.input.mean[2], 103.53, 1e-2);
  EXPECT_TRUE(says_once(divided));
  const Recognition bytes = found_with(std::vector<float>(3, 1 / 255.0f), {0, 0, 0},
                                       {{"octet_resize", "stretch"}, {"reverse_input_channels", "NO"}, {"scale_values", "255"}});
  EXPECT_TRUE(bytes.input.empty());
  EXPECT_TRUE(says_once(bytes));
  // A mean of bytes that is another: the graph's own counts.
  EXPECT_TRUE(found_with(std::vector<float>(3, 1 / 128.0f), std::vector<float>(3, -127.5f / 128)).input.scale.empty());
}

TEST(Recognise, TurnsChannelsOnceWhereTheGraphDoesAndMetadataSaysSo) {
  const Recognition turned = found_turned_with({1, 1, 1}, {0, 0, 0});
  EXPECT_FALSE(turned.input.reverse_channels);
  EXPECT_EQ(turned.input.mean, (std::vector<double>{103.53, 116.28, 123.675})) << "the channels of the picture, which are BGR";
  EXPECT_TRUE(found_turned_with(kFactors, kOffsets).input.empty());
  // Means that say that the picture is RGB, which the network reads as BGR.
  auto factors = kFactors, offsets = kOffsets;
  std::ranges::reverse(factors);
  std::ranges::reverse(offsets);
  const Recognition read_as_bgr = found_turned_with(factors, offsets);
  EXPECT_TRUE(read_as_bgr.input.reverse_channels);
  EXPECT_TRUE(read_as_bgr.input.mean.empty() && read_as_bgr.input.scale.empty());
}

TEST(Recognise, NormalizesWhatTheGraphOnlyScalesFurther) {
  // As a batch normalization that was learned in front of a network, and a mean of pixels of 0..1 behind a division.
  for (const float factor : {0.9f, 4.4f}) {
    const Recognition found = found_with(std::vector<float>(3, factor), {0.1f, -0.2f, 0.05f});
    EXPECT_EQ(found.input.scale, (std::vector<double>{58.395, 57.12, 57.375}));
    EXPECT_FALSE(says_once(found));
  }
  EXPECT_FALSE(says_once(found_with({1, 1, 1}, {0, 0, 0})));
}

}  // namespace
}  // namespace octet
