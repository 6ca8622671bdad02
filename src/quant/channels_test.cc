#include "quant/channels.h"

#include <set>

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"

namespace octet::quant {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;
using Factors = std::vector<ChannelLinks::Factor>;

const Shape kImage{1, 3, 8, 8};

bool is_fixed(const Factors& factors) {
  return std::set<ChannelLinks::Factor>(factors.begin(), factors.end()) == std::set{ChannelLinks::kFixed};
}

// Every channel has a factor of its own.
bool is_free(const Factors& factors) {
  const std::set<ChannelLinks::Factor> different(factors.begin(), factors.end());
  return different.size() == factors.size() && !different.contains(ChannelLinks::kFixed);
}

TEST(ChannelLinks, FixesInputsAndOutputsAndFreesWhatLiesBetween) {
  SmallGraph g;
  const Value image = g.input(kImage), first = g.conv(image, 4, "first"), second = g.conv(g.relu(g.bias(first)), 5, "second");
  g.output(second);
  const ChannelLinks links(g.graph);
  EXPECT_TRUE(is_fixed(links.factors(image)));
  EXPECT_TRUE(is_free(links.factors(first)));
  EXPECT_EQ(links.factors({g.graph.find("relu"), 0}), links.factors(first));
  EXPECT_TRUE(is_fixed(links.factors(second)));
}

TEST(ChannelLinks, TakesOneFactorForTheTermsOfASum) {
  SmallGraph g;
  const Value image = g.input(kImage), a = g.conv(image, 4, "a"), b = g.conv(image, 4, "b"), sum = g.add(a, b);
  g.output(g.conv(sum, 2, "last"));
  const ChannelLinks links(g.graph);
  EXPECT_TRUE(is_free(links.factors(a)));
  EXPECT_EQ(links.factors(a), links.factors(b));
  EXPECT_EQ(links.factors(a), links.factors(sum));
}

TEST(ChannelLinks, FixesTheTermsOfASumWithTheInput) {
  SmallGraph g;
  const Value image = g.input(kImage), a = g.conv(image, 3, "a"), deeper = g.add(a, g.conv(image, 3, "b")), sum = g.add(deeper, image);
  g.output(g.conv(sum, 2, "last"));
  const ChannelLinks links(g.graph);
  EXPECT_TRUE(is_fixed(links.factors(a)));
}

TEST(ChannelLinks, HandsOnThroughJoinsAndSplits) {
  SmallGraph g;
  const Value image = g.input(kImage), a = g.conv(image, 2, "a"), b = g.conv(image, 4, "b"), joined = g.concat({a, b});
  const NodeId split = g.graph.emit(Split{3}, {joined, g.graph.emit_constant(Tensor::scalar<std::int64_t>(1))}, "split").node;
  g.output(g.conv({split, 0}, 2, "reads_first"), "x");
  g.output(g.graph.emit(Unary{UnaryKind::kSigmoid}, {{split, 2}}), "y");
  const ChannelLinks links(g.graph);
  EXPECT_EQ(links.factors({split, 0}), links.factors(a));
  EXPECT_TRUE(is_free(links.factors(a)));
  const Factors of_b = links.factors(b);
  EXPECT_TRUE(is_free({of_b.begin(), of_b.begin() + 2}));
  EXPECT_TRUE(is_fixed({of_b.begin() + 2, of_b.end()}));
}

TEST(ChannelLinks, FixesWhatCurvedActivationsRead) {
  SmallGraph g;
  const Value a = g.conv(g.input(kImage), 4, "a");
  g.output(g.conv(g.graph.emit(Clamp{0, 6}, {a}), 2, "last"));
  EXPECT_TRUE(is_fixed(ChannelLinks(g.graph).factors(a)));
}

Value scaled(SmallGraph& g, Value data, std::vector<float> factors) {
  const Shape shape{1, static_cast<std::int64_t>(factors.size()), 1, 1};
  return g.graph.emit(Binary{BinaryKind::kMultiply}, {data, g.graph.emit_constant(Tensor::of<float>(shape, factors))});
}

TEST(ChannelLinks, FreesWhatIsScaled) {
  SmallGraph g;
  const Value a = g.conv(g.input(kImage), 4, "a"), curved = g.graph.emit(Unary{UnaryKind::kSwish}, {a});
  const Value product = scaled(g, curved, {1, 2, 3, 4});
  g.output(g.conv(product, 2, "last"));
  const ChannelLinks links(g.graph);
  EXPECT_TRUE(is_fixed(links.factors(curved)));
  EXPECT_TRUE(is_free(links.factors(product)));
}

TEST(ChannelLinks, FixesProductsThatChangeASignOrScalePixels) {
  SmallGraph g;
  const Value pixels = scaled(g, g.input(kImage), {0.1f, 0.2f, 0.3f}), a = g.conv(pixels, 2, "a"), product = scaled(g, a, {1, -1});
  g.output(g.conv(product, 2, "last"));
  const ChannelLinks links(g.graph);
  EXPECT_TRUE(is_fixed(links.factors(pixels)));
  EXPECT_TRUE(is_fixed(links.factors(product)));
}

TEST(ChannelLinks, FixesWhatTakesABiasOfAnotherShape) {
  SmallGraph g;
  const Value a = g.conv(g.input(kImage), 4, "a");
  g.output(g.conv(g.add(a, g.graph.emit_constant(numbers({1, 4, 8, 8}))), 2, "last"));
  EXPECT_TRUE(is_fixed(ChannelLinks(g.graph).factors(a)));
}

TEST(IsBiasOf, TakesWhatHasOneElementForEachChannel) {
  const Shape image{1, 4, 5, 5};
  const auto is_bias = [&](const Shape& constant) { return is_bias_of(Tensor(ElementType::kF32, constant), image); };
  EXPECT_TRUE(is_bias({1, 4, 1, 1}));
  EXPECT_TRUE(is_bias({4, 1, 1}));
  EXPECT_FALSE(is_bias({1}));
  EXPECT_FALSE(is_bias({1, 1, 4, 1}));
  EXPECT_FALSE(is_bias_of(Tensor(ElementType::kF16, {4, 1, 1}), image));
}

}  // namespace
}  // namespace octet::quant
