#include "passes/reverse_input_channels.h"

#include <algorithm>

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Tensor reversed(const Tensor& image) {
  const auto values = image.values<float>();
  const auto plane = static_cast<std::ptrdiff_t>(values.size() / 3);
  std::vector<float> result;
  for (std::ptrdiff_t c = 2; c >= 0; --c) result.insert(result.end(), values.begin() + c * plane, values.begin() + (c + 1) * plane);
  return Tensor::of<float>(image.shape(), result);
}

// The reversed graph on the reversed image does what the graph did on the image.
Graph expect_reversal(Graph graph, const std::string& expected_operations) {
  const Tensor image = Numbers().tensor({1, 3, 4, 4});
  const auto before = evaluate(graph, {{"x", image}});
  EXPECT_TRUE(reverse_input_channels(graph));
  const auto after = evaluate(graph, {{"x", reversed(image)}});
  EXPECT_TRUE(before.ok() && after.ok());
  if (before.ok() && after.ok())
    for (const auto& [name, tensor] : *before) {
      const auto a = to_vector<double>(tensor), b = to_vector<double>(after->at(name));
      for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6) << name << " at " << i;
    }
  EXPECT_EQ(operations(graph), expected_operations);
  return graph;
}

TEST(ReverseInputChannels, MovesIntoTheFirstConvolutions) {
  Graph graph;
  Value x = input(graph, {1, 3, 4, 4});
  x = binary(graph, BinaryKind::kSubtract, x, Numbers(4).tensor({1, 3, 1, 1}));
  x = binary(graph, BinaryKind::kMultiply, x, Numbers(5).tensor({3, 1, 1}));
  x = binary(graph, BinaryKind::kAdd, x, 0.5f);
  x = unary(graph, UnaryKind::kTanh, x);
  const Value first = convolution(graph, x, 2, 8);
  output(graph, convolution(graph, first, 3, 9), "deep");
  output(graph, convolution(graph, x, 3, 10), "side");
  expect_reversal(graph, "Subtract Multiply Add Tanh Convolution Convolution Result Convolution Result");
}

TEST(ReverseInputChannels, PassesQuantizationPaddingAndPooling) {
  Graph graph;
  Value x = input(graph, {1, 3, 4, 4});
  const Value low = graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, {-1, -.5f, -.25f}));
  const Value high = graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, {1, .5f, .75f}));
  x = graph.emit(FakeQuantize{256}, {x, low, high, low, high});
  x = graph.emit(Pad{}, {x, graph.emit_constant(integers({0, 0, 1, 1})), graph.emit_constant(integers({0, 0, 0, 0}))});
  x = graph.emit(MaxPool{{2, 2}}, {x});
  output(graph, convolution(graph, x, 2));
  expect_reversal(graph, "FakeQuantize Pad MaxPool Convolution Result");
}

TEST(ReverseInputChannels, FollowsBothSidesOfASum) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4});
  output(graph, convolution(graph, binary(graph, BinaryKind::kAdd, x, unary(graph, UnaryKind::kAbs, x)), 2));
  expect_reversal(graph, "Abs Add Convolution Result");
}

TEST(ReverseInputChannels, StaysAtTheInputWhereAWayMissesTheConvolutions) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4});
  output(graph, convolution(graph, x, 2), "a");
  output(graph, x, "b");
  expect_reversal(graph, "Gather Convolution Result Result");
}

TEST(ReverseInputChannels, StaysAtTheInputOfAProductWithAnotherInput) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4}), constant = graph.emit_constant(Numbers(2).tensor({1, 3, 4, 4}));
  const Value other = unary(graph, UnaryKind::kAbs, constant);  // not a constant yet
  output(graph, convolution(graph, binary(graph, BinaryKind::kMultiply, x, other), 2));
  expect_reversal(graph, "Gather Abs Multiply Convolution Result");
}

TEST(ReverseInputChannels, LeavesGraphsWithoutSuchAnInput) {
  Graph graph;
  output(graph, convolution(graph, input(graph, {1, 4, 4, 4}), 2));
  expect_untouched(reverse_input_channels, graph);
}

TEST(ReverseInputChannels, TwiceIsAsBefore) {
  Graph graph;
  output(graph, convolution(graph, input(graph, {1, 3, 4, 4}), 2));
  Graph twice = graph;
  EXPECT_TRUE(reverse_input_channels(twice) && reverse_input_channels(twice));
  expect_same_outputs(graph, twice, 0);
}

}  // namespace
}  // namespace octet::passes
