#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

TEST(MergeAffine, LeavesOneMultiplyAndOneAdd) {
  Graph graph;
  Value x = input(graph, {1, 3, 4, 4});
  x = binary(graph, BinaryKind::kSubtract, x, Numbers(1).tensor({1, 3, 1, 1}));
  x = binary(graph, BinaryKind::kMultiply, x, 0.25f);
  x = binary(graph, BinaryKind::kDivide, x, Numbers(2).tensor({3, 1, 1}));
  output(graph, unary(graph, UnaryKind::kTanh, x));
  EXPECT_EQ(operations(expect_rewrite(merge_affine, graph)), "Multiply Add Tanh Result");
}

TEST(MergeAffine, BeginsAtAValueWithSeveralReaders) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4});
  output(graph, binary(graph, BinaryKind::kAdd, binary(graph, BinaryKind::kAdd, x, 1.0f), 2.0f), "a");
  output(graph, binary(graph, BinaryKind::kMultiply, binary(graph, BinaryKind::kMultiply, x, 3.0f), 2.0f), "b");
  EXPECT_EQ(operations(expect_rewrite(merge_affine, graph)), "Add Result Multiply Result");
}

TEST(MergeAffine, TakesOutWhatCancels) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4});
  output(graph, binary(graph, BinaryKind::kDivide, binary(graph, BinaryKind::kMultiply, x, 4.0f), 4.0f));
  EXPECT_EQ(operations(expect_rewrite(merge_affine, graph)), "Result");
}

TEST(MergeAffine, LeavesTheCanonicalPairAlone) {
  Graph graph;
  const Value x = input(graph, {1, 3, 4, 4});
  output(graph, binary(graph, BinaryKind::kAdd, binary(graph, BinaryKind::kMultiply, x, 4.0f), 1.0f));
  expect_untouched(merge_affine, graph);
}

TEST(MergeAffine, LeavesTwoReadersInTheMiddleAlone) {
  Graph graph;
  const Value x = binary(graph, BinaryKind::kMultiply, input(graph, {1, 3, 4, 4}), 2.0f);
  output(graph, binary(graph, BinaryKind::kMultiply, x, 3.0f), "a");
  output(graph, binary(graph, BinaryKind::kMultiply, x, 5.0f), "b");
  expect_untouched(merge_affine, graph);
}

}  // namespace
}  // namespace octet::passes
