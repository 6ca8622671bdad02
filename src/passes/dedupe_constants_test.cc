#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

TEST(DedupeConstants, JoinsEqualOnes) {
  Graph graph;
  Value x = input(graph, {2});
  for (const float number : {1.0f, 2.0f, 1.0f}) x = binary(graph, BinaryKind::kAdd, x, Tensor::of<float>({1}, {number}));
  output(graph, x);
  EXPECT_EQ(expect_rewrite(dedupe_constants, graph, 0).nodes().size(), graph.nodes().size() - 1);
}

TEST(DedupeConstants, TellsTypesAndShapesApart) {
  Graph graph;
  Value x = input(graph, {1});
  x = binary(graph, BinaryKind::kAdd, x, Tensor(ElementType::kF32, {1}));
  x = binary(graph, BinaryKind::kAdd, x, Tensor(ElementType::kF32, {}));
  output(graph, x);
  output(graph, graph.emit_constant(Tensor(ElementType::kI32, {1})), "integers");
  expect_untouched(dedupe_constants, graph);
}

}  // namespace
}  // namespace octet::passes
