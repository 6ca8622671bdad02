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

}  // namespace
}  // namespace octet::passes
