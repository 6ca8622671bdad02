#include "graph/patterns.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(IsPerChannel, TakesWhatVariesAlongTheChannelsAlone) {
  const Shape image{1, 4, 5, 4};
  EXPECT_TRUE(is_per_channel({1, 4, 1, 1}, image));
  EXPECT_TRUE(is_per_channel({4, 1, 1}, image));
  EXPECT_TRUE(is_per_channel({}, image));
  EXPECT_TRUE(is_per_channel({1, 1}, image));
  EXPECT_FALSE(is_per_channel({4}, image)) << "that is the width";
  EXPECT_FALSE(is_per_channel({1, 1, 5, 1}, image));
  EXPECT_FALSE(is_per_channel({3, 1, 1}, image));
  EXPECT_FALSE(is_per_channel({2, 4, 1, 1}, image)) << "more images";
  EXPECT_FALSE(is_per_channel({1, 1, 4, 1, 1}, image)) << "more axes than the data";
  EXPECT_TRUE(is_per_channel({4}, {2, 4}));
  EXPECT_FALSE(is_per_channel({}, {4})) << "no channel axis";
}

TEST(ChannelValues, RepeatsASingleOne) {
  const std::vector<float> pair{2, 3};
  EXPECT_EQ(channel_values(Tensor::of<float>({2, 1, 1}, pair), {1, 2, 3, 3}), (std::vector<double>{2, 3}));
  EXPECT_EQ(channel_values(Tensor::scalar<float>(5), {1, 2, 3, 3}), (std::vector<double>{5, 5}));
  EXPECT_EQ(channel_values(Tensor::of<float>({2}, pair), {1, 2, 3, 3}), std::nullopt);
}

class Sketch : public testing::Test {
 protected:
  Value input(Shape shape) { return graph.emit(Parameter{ElementType::kF32, std::move(shape)}, {}); }
  Value constant(Shape shape) { return graph.emit_constant(Tensor(ElementType::kF32, std::move(shape))); }
  Value axis(std::int64_t value) { return graph.emit_constant(Tensor::scalar<std::int64_t>(value)); }
  Graph graph;
};

TEST_F(Sketch, TellsTheSideOfAConstant) {
  const Value x = input({1, 2}), k = constant({2});
  const Value first = graph.emit(Binary{BinaryKind::kSubtract}, {k, x}), second = graph.emit(Binary{BinaryKind::kSubtract}, {x, k});
  EXPECT_TRUE(constant_side(graph, first)->constant_first());
  EXPECT_EQ(constant_side(graph, second)->input, 1u);
  EXPECT_EQ(constant_side(graph, second)->data, x);
  EXPECT_FALSE(constant_side(graph, graph.emit(Binary{}, {x, x})));
  EXPECT_FALSE(constant_side(graph, graph.emit(Binary{}, {k, k})));
}

TEST_F(Sketch, FindsTheOnlyReader) {
  const Value x = input({1, 2});
  const Value once = graph.emit(Unary{}, {x});
  EXPECT_EQ(only_reader(graph, x), once.node);
  graph.emit(Binary{}, {once, once});
  EXPECT_EQ(only_reader(graph, once), std::nullopt);
}

TEST_F(Sketch, SeesBothConvolutionsInOneForm) {
  const Value x = input({1, 6, 8, 8});
  const auto plain = convolution_geometry(graph, graph.node(graph.emit(Convolution{}, {x, constant({4, 6, 3, 1})})));
  EXPECT_EQ(plain->outputs(), 4);
  EXPECT_EQ(plain->filter(), 18);
  EXPECT_FALSE(plain->is_depthwise());
  const auto grouped = convolution_geometry(graph, graph.node(graph.emit(GroupConvolution{}, {x, constant({3, 4, 2, 1, 1})})));
  EXPECT_EQ(grouped->outputs(), 12);
  EXPECT_EQ(grouped->inputs(), 6);
  const auto depthwise = convolution_geometry(graph, graph.node(graph.emit(GroupConvolution{}, {x, constant({6, 1, 1, 3, 3})})));
  EXPECT_TRUE(depthwise->is_depthwise());
  EXPECT_FALSE(convolution_geometry(graph, graph.node(x)));
}

TEST_F(Sketch, WalksGroupedWeightsWithTheChannelsOfTheData) {
  const Value x = input({1, 4, 1, 1});
  const auto conv = convolution_geometry(graph, graph.node(graph.emit(GroupConvolution{}, {x, constant({2, 1, 2, 1, 1})})));
  std::vector<std::size_t> seen;
  for_each_weight(*conv, [&](std::size_t output, std::size_t in, std::size_t at) { seen.insert(seen.end(), {output, in, at}); });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 0, 0, 0, 1, 1, 1, 2, 2, 1, 3, 3}));
}

TEST_F(Sketch, KnowsTheChannelAxisFromEitherEnd) {
  const Value x = input({1, 4, 2, 2});
  for (const std::int64_t channel_axis : {1, -3}) {
    EXPECT_TRUE(joins_channels(graph.node(graph.emit(Concat{channel_axis}, {x, x}))));
    EXPECT_TRUE(splits_channels(graph, graph.node(graph.emit(Split{2}, {x, axis(channel_axis)}))));
  }
  EXPECT_FALSE(joins_channels(graph.node(graph.emit(Concat{2}, {x, x}))));
  EXPECT_FALSE(splits_channels(graph, graph.node(graph.emit(Split{2}, {x, axis(3)}))));
}

}  // namespace
}  // namespace octet
