#include "passes/passes.h"
#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Value reduce(Graph& graph, ReduceKind kind, Value data, std::int64_t axis, bool keep_dims = true) {
  return graph.emit(Reduce{kind, keep_dims}, {data, graph.emit_constant(integers({axis}))});
}

// exp(x - max(x)) over its sum, along one axis each.
Graph softmax(std::int64_t max_axis, std::int64_t sum_axis) {
  Graph graph;
  const Value x = input(graph, {2, 3, 3});
  const Value greatest = reduce(graph, ReduceKind::kMax, x, max_axis);
  const Value powers = unary(graph, UnaryKind::kExp, binary(graph, BinaryKind::kSubtract, x, greatest));
  output(graph, binary(graph, BinaryKind::kDivide, powers, reduce(graph, ReduceKind::kSum, powers, sum_axis)));
  return graph;
}

TEST(FuseSoftmax, FindsItAlongAnyAxis) {
  for (std::int64_t axis = 0; axis < 3; ++axis) EXPECT_EQ(operations(expect_rewrite(fuse_softmax, softmax(axis, axis))), "SoftMax Result");
  EXPECT_EQ(operations(expect_rewrite(fuse_softmax, softmax(-1, 2))), "SoftMax Result");
}

TEST(FuseSoftmax, LeavesSumsAlongAnotherAxis) { expect_untouched(fuse_softmax, softmax(2, 1)); }

// Broadcast as a row, what is reduced along the last axis belongs to other elements.
TEST(FuseSoftmax, LeavesReductionsThatDropTheirAxis) {
  Graph graph;
  const Value x = input(graph, {3, 3});
  const Value powers = unary(graph, UnaryKind::kExp, binary(graph, BinaryKind::kSubtract, x, reduce(graph, ReduceKind::kMax, x, 1, false)));
  output(graph, binary(graph, BinaryKind::kDivide, powers, reduce(graph, ReduceKind::kSum, powers, 1, false)));
  expect_untouched(fuse_softmax, std::move(graph));
}

TEST(FuseSoftmax, LeavesWhatIsDividedByAnotherSum) {
  Graph graph;
  const Value x = input(graph, {2, 3});
  const Value powers = unary(graph, UnaryKind::kExp, binary(graph, BinaryKind::kSubtract, x, reduce(graph, ReduceKind::kMax, x, 1)));
  output(graph, binary(graph, BinaryKind::kDivide, powers, reduce(graph, ReduceKind::kSum, x, 1)));
  expect_untouched(fuse_softmax, std::move(graph));
}

}  // namespace
}  // namespace octet::passes
