#include "passes/pass_testing.h"
#include "passes/passes.h"

namespace octet::passes {
namespace {

Tensor floats(const std::vector<float>& values) { return Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values); }

// The element type of the constant that ends up, through a Convert or not, as input 1 of the node of that name.
ElementType stored_type(const Graph& graph, std::string_view node) {
  const Value operand = graph.node(graph.find(node)).inputs[1];
  const auto* constant = graph.constant(operand);
  return constant ? constant->type() : graph.constant(graph.node(operand).inputs[0])->type();
}

TEST(CompressConstants, StoresHalfAndComputesInFloat) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {2}}, {}, "x");
  const Value sum = graph.emit(Binary{BinaryKind::kAdd}, {x, graph.emit_constant(floats({1.5f, 1.0009765625f}), "c")}, "sum");
  graph.emit(Output{}, {sum}, "y");
  ASSERT_TRUE(compress_constants(graph));
  EXPECT_EQ(stored_type(graph, "sum"), ElementType::kF16);
  EXPECT_EQ(graph.type({graph.find("sum"), 0}).element, ElementType::kF32);
  EXPECT_FALSE(compress_constants(graph));
}

TEST(CompressConstants, LeavesWhatLosesMoreThanItsLastDigits) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {2}}, {}, "x");
  const Value far = graph.emit(Binary{BinaryKind::kAdd}, {x, graph.emit_constant(floats({1, 70000}), "beyond")}, "far");
  const Value limit = graph.emit_constant(Tensor::scalar(1.0f), "limit"), zero = graph.emit_constant(Tensor::scalar(0.0f), "zero");
  const Value quantized = graph.emit(FakeQuantize{256}, {far, zero, limit, zero, limit}, "quantized");
  const Value integers =
      graph.emit(Convert{ElementType::kF32}, {graph.emit_constant(Tensor::of<std::int8_t>({2}, std::vector<std::int8_t>{1, 2}), "i8")});
  const Value weights =
      graph.emit(Binary{BinaryKind::kMultiply}, {integers, graph.emit_constant(floats({1e-6f, 2e-6f}), "scale")}, "weights");
  graph.emit(Output{}, {graph.emit(Binary{BinaryKind::kMultiply}, {quantized, weights}, "product")}, "y");
  EXPECT_FALSE(compress_constants(graph));
  for (const char* node : {"far", "quantized", "weights"}) EXPECT_EQ(stored_type(graph, node), ElementType::kF32) << node;
}

}  // namespace
}  // namespace octet::passes
