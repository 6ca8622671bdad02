#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "graph/evaluate.h"
#include "graph/graph.h"

// Small graphs for the tests of passes, and the check that a pass keeps what a graph computes.
namespace octet::passes::testing {

// Numbers from -1 to 1, the same each time.
class Numbers {
 public:
  explicit Numbers(std::uint32_t seed = 1) : state_(seed) {}

  float next() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<float>(static_cast<std::int32_t>(state_ >> 8) - (1 << 23)) / static_cast<float>(1 << 23);
  }

  Tensor tensor(Shape shape) {
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    for (float& value : values) value = next();
    return Tensor::of(std::move(shape), values);
  }

 private:
  std::uint32_t state_;
};

inline Value input(Graph& graph, Shape shape, std::string name = "x") {
  return graph.emit(Parameter{ElementType::kF32, std::move(shape)}, {}, std::move(name));
}

inline Value binary(Graph& graph, BinaryKind kind, Value a, Value b) { return graph.emit(Binary{kind}, {a, b}); }
inline Value binary(Graph& graph, BinaryKind kind, Value a, Tensor b) { return binary(graph, kind, a, graph.emit_constant(std::move(b))); }
inline Value binary(Graph& graph, BinaryKind kind, Value a, float b) { return binary(graph, kind, a, Tensor::scalar(b)); }
inline Value unary(Graph& graph, UnaryKind kind, Value x) { return graph.emit(Unary{kind}, {x}); }
inline void output(Graph& graph, Value value, std::string name = "out") { graph.emit(Output{}, {value}, std::move(name)); }

inline Tensor integers(const std::vector<std::int64_t>& values) { return Tensor::of({static_cast<std::int64_t>(values.size())}, values); }

// A 3x3 convolution that pads, from `channels` to `outputs`.
inline Value convolution(Graph& graph, Value data, std::int64_t outputs, std::uint32_t seed = 7) {
  const Tensor weights = Numbers(seed).tensor({outputs, graph.shape(data)[1], 3, 3});
  return graph.emit(Convolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {data, graph.emit_constant(weights, "weights")}, "conv");
}

inline std::map<std::string, Tensor> run(const Graph& graph, std::uint32_t seed = 3) {
  Numbers numbers(seed);
  std::map<std::string, Tensor> inputs;
  for (const NodeId id : graph.parameters()) {
    const TensorType& type = graph.type({id, 0});
    Tensor values = numbers.tensor(type.shape);
    for (float& value : values.mutable_values<float>()) value *= 4;
    inputs.emplace(graph.node(id).name, converted(values, type.element));
  }
  auto outputs = evaluate(graph, inputs);
  EXPECT_TRUE(outputs.ok());
  return outputs.ok() ? *outputs : std::map<std::string, Tensor>{};
}

inline void expect_same_outputs(const Graph& before, const Graph& after, double bound = 1e-5) {
  const auto expected = run(before), found = run(after);
  ASSERT_EQ(expected.size(), found.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    ASSERT_EQ(found.at(name).shape(), tensor.shape()) << name;
    const auto a = to_vector<double>(tensor), b = to_vector<double>(found.at(name));
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], bound * (1 + std::fabs(a[i]))) << name << " at " << i;
  }
}

// Runs a pass that must change the graph, and checks that it keeps its outputs and has nothing to do the second time.
template <typename Pass>
Graph expect_rewrite(Pass pass, Graph graph, double bound = 1e-5) {
  const Graph before = graph;
  EXPECT_TRUE(pass(graph));
  expect_same_outputs(before, graph, bound);
  EXPECT_FALSE(pass(graph)) << dump(graph);
  return graph;
}

template <typename Pass>
void expect_untouched(Pass pass, Graph graph) {
  const std::string before = dump(graph);
  EXPECT_FALSE(pass(graph));
  EXPECT_EQ(dump(graph), before);
}

// Operations in order, constants and parameters left out: "Convolution Add Result".
inline std::string operations(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes())
    if (!std::holds_alternative<Constant>(node.op) && !std::holds_alternative<Parameter>(node.op))
      text += (text.empty() ? "" : " ") + std::string(type_name(node.op));
  return text;
}

}  // namespace octet::passes::testing
