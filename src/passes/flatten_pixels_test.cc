#include "passes/passes.h"
#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Value reshape(Graph& graph, Value data, const Shape& shape) { return graph.emit(Reshape{}, {data, graph.emit_constant(integers(shape))}); }
Value transpose(Graph& graph, Value data, const std::vector<std::int64_t>& order) {
  return graph.emit(Transpose{}, {data, graph.emit_constant(integers(order))});
}

TEST(FlattenPixels, TransposesAnImageBeforeItBecomesRows) {
  Graph graph;
  output(graph, transpose(graph, reshape(graph, input(graph, {2, 3, 4, 5}), {2, 3, 20}), {0, 2, 1}));
  EXPECT_EQ(operations(expect_rewrite(flatten_pixels, std::move(graph), 0)), "Transpose Reshape Result");
}

TEST(FlattenPixels, TransposesRowsAfterTheyHaveBecomeAnImage) {
  Graph graph;
  output(graph, reshape(graph, transpose(graph, input(graph, {2, 20, 3}), {0, 2, 1}), {2, 3, 4, 5}));
  EXPECT_EQ(operations(expect_rewrite(flatten_pixels, std::move(graph), 0)), "Reshape Transpose Result");
}

TEST(FlattenPixels, LeavesReshapesThatMixChannelsAndPixels) {
  Graph graph;
  output(graph, transpose(graph, reshape(graph, input(graph, {2, 3, 4, 5}), {2, 6, 10}), {0, 2, 1}));
  expect_untouched(flatten_pixels, std::move(graph));
}

TEST(FlattenPixels, LeavesOtherOrders) {
  Graph graph;
  output(graph, transpose(graph, reshape(graph, input(graph, {2, 3, 4, 5}), {2, 3, 20}), {1, 2, 0}));
  expect_untouched(flatten_pixels, std::move(graph));
}

Value planes(Graph& graph, std::int64_t height, std::int64_t width, std::string name) {
  const Value image = input(graph, {2, 3, height, width}, std::move(name));
  return reshape(graph, image, {2, 3, height * width});
}

TEST(FlattenJoinedPixels, TransposesImagesBeforeTheirRowsAreJoined) {
  Graph graph;
  const Value large = planes(graph, 4, 5, "large"), small = planes(graph, 2, 3, "small");
  output(graph, transpose(graph, graph.emit(Concat{2}, {large, small}), {0, 2, 1}));
  EXPECT_EQ(operations(expect_rewrite(flatten_joined_pixels, std::move(graph), 0)), "Transpose Reshape Transpose Reshape Concat Result");
}

TEST(FlattenJoinedPixels, LeavesJoinedPlanesThatAreReadElsewhere) {
  Graph graph;
  const Value large = planes(graph, 4, 5, "large"), small = planes(graph, 2, 3, "small");
  const Value joined = graph.emit(Concat{-1}, {large, small});
  output(graph, joined, "planes");
  output(graph, transpose(graph, joined, {0, 2, 1}), "rows");
  expect_untouched(flatten_joined_pixels, std::move(graph));
}

TEST(FlattenJoinedPixels, LeavesJoinedChannelsAndWhatIsNoImage) {
  Graph graph;
  const Value large = planes(graph, 4, 5, "large"), alike = planes(graph, 4, 5, "alike"), no_image = input(graph, {2, 3, 6}, "no image");
  output(graph, transpose(graph, graph.emit(Concat{1}, {large, alike}), {0, 2, 1}), "channels");
  output(graph, transpose(graph, graph.emit(Concat{2}, {large, no_image}), {0, 2, 1}), "pixels");
  expect_untouched(flatten_joined_pixels, std::move(graph));
}

}  // namespace
}  // namespace octet::passes
