#include "graph/check_numbers.h"

#include <gtest/gtest.h>

#include <limits>

namespace octet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNaN = std::numeric_limits<float>::quiet_NaN();

// x -> Convolution with weights [2,1,1,1] -> + constant.
Graph graph_of(const Tensor& weights, const Tensor& addend, float scale = 1) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 1, 2, 2}}, {});
  const Value real = graph.emit(Convert{ElementType::kF32}, {graph.emit_constant(weights, "weights")});
  const Value scaled = graph.emit(Binary{BinaryKind::kMultiply}, {real, graph.emit_constant(Tensor::scalar(scale), "scale")});
  const Value y = graph.emit(Convolution{}, {x, scaled});
  graph.emit(Output{}, {graph.emit(Binary{BinaryKind::kMaximum}, {y, graph.emit_constant(addend, "limit")})});
  return graph;
}

Tensor pair(float a, float b, ElementType type = ElementType::kF32) {
  return converted(Tensor::of<float>({2, 1, 1, 1}, std::vector<float>{a, b}), type);
}

std::string message(const Graph& graph) {
  const Status status = check_numbers(graph);
  return status.ok() ? "" : status.error().message.substr(0, status.error().message.find(';'));
}

TEST(CheckNumbers, NamesTheConstant) {
  EXPECT_EQ(message(graph_of(pair(1, 2), Tensor::scalar(-kInfinity))), "") << "a limit may be infinite";
  EXPECT_EQ(message(graph_of(pair(1, 2), Tensor::scalar(kNaN))), "node 'limit': its values are not all numbers");
  EXPECT_EQ(message(graph_of(pair(1, kNaN), Tensor::scalar(0.0f))), "node 'weights': its values are not all numbers");
}

TEST(CheckNumbers, RefusesInfiniteWeightsHoweverStored) {
  for (const ElementType type : {ElementType::kF32, ElementType::kF16, ElementType::kF64}) {
    EXPECT_EQ(message(graph_of(pair(1, 2, type), Tensor::scalar(0.0f))), "");
    EXPECT_EQ(message(graph_of(pair(1, -kInfinity, type), Tensor::scalar(0.0f))), "node 'weights': weights that are infinite");
  }
  EXPECT_EQ(message(graph_of(pair(1, 2, ElementType::kI8), Tensor::scalar(0.0f), kInfinity)),
            "node 'scale': a scale of weights that is infinite");
}

}  // namespace
}  // namespace octet
