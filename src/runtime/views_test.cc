// Values that no step writes, as their readers take them from where their elements lie.
#include <algorithm>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

struct Views : SmallGraph {
  Value reshape(Value data, const Shape& shape) { return graph.emit(Reshape{}, {data, integers(shape)}); }
  Value transpose(Value data, const std::vector<std::int64_t>& order) { return graph.emit(Transpose{}, {data, integers(order)}); }
  Value times(Value data, float factor) {
    return graph.emit(Binary{BinaryKind::kMultiply}, {data, graph.emit_constant(Tensor::scalar(factor))});
  }
};

// Runs a graph of one input, compares its outputs with the specification, and names its steps.
std::string steps_of(const Graph& graph) {
  const Node& parameter = graph.node(graph.parameters()[0]);
  const Tensor input = numbers(parameter.outputs[0].shape);
  const auto expected = *evaluate(graph, {{parameter.name, input}});
  const auto plan = *compile(graph);
  Session session(plan, 1);
  const auto found = *session.run(std::span(&input, 1));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto a = to_vector<float>(found[i]), b = to_vector<float>(expected.at(plan->outputs()[i].name));
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-5f) << plan->outputs()[i].name << " at " << k;
  }
  std::string steps;
  for (const StepInfo& step : plan->steps()) steps += (steps.empty() ? "" : ", ") + step.op;
  return steps;
}

// Two heads over six places, from one tensor of queries, keys and values; `scores` are read transposed, as some exporters write it.
TEST(Views, AreTheFactorsOfAnAttention) {
  Views g;
  const Value all = g.reshape(g.input({1, 6, 24}), {6, 2, 12});
  const Node split =
      g.graph.node(g.graph.emit(VariadicSplit{}, {all, g.graph.emit_constant(Tensor::scalar(std::int64_t{2})), g.integers({4, 4, 4})}));
  const NodeId parts = g.graph.find(split.name);
  const Value query = g.transpose({parts, 0}, {1, 0, 2}), key = g.transpose({parts, 1}, {1, 2, 0}),
              value = g.transpose({parts, 2}, {1, 2, 0});
  const Value scores = g.graph.emit(SoftMax{2}, {g.times(g.graph.emit(MatMul{}, {query, key}), 0.5f)});
  const Value mixed = g.graph.emit(MatMul{}, {value, g.transpose(scores, {0, 2, 1})});
  g.output(g.reshape(g.transpose(mixed, {2, 0, 1}), {6, 8}));
  EXPECT_EQ(steps_of(g.graph), "copy, matrix product, SoftMax, matrix product, Result");  // a parameter is reshaped by a copy
}

TEST(Views, AreCopiedForReadersThatTakeNone) {
  Views g;
  const Value turned = g.transpose(g.input({6, 6}), {1, 0});
  g.output(g.graph.emit(MatMul{}, {turned, turned}), "product");
  g.output(g.graph.emit(SoftMax{1}, {turned}), "softmax");
  EXPECT_EQ(steps_of(g.graph), "transpose, matrix product, Result, Transpose, SoftMax, Result");
}

// The elements of a reshaped value lie as the reshape finds them.
TEST(Views, AreCopiedForReshapes) {
  Views g;
  const Value turned = g.reshape(g.transpose(g.input({4, 6}), {1, 0}), {3, 8});
  g.output(g.graph.emit(MatMul{false, true}, {turned, turned}));
  EXPECT_EQ(steps_of(g.graph), "Transpose, matrix product, Result");
}

// Slices in runs are added as they lie, also where they drop an axis.
TEST(Views, AreOperandsOfArithmetic) {
  Views g;
  const Value image = g.input({2, 3, 8});
  const Value half = g.graph.emit(StridedSlice{{1, 1, 0}, {1, 1, 0}, {}, {}, {}},
                                  {image, g.integers({0, 0, 4}), g.integers({0, 0, 8}), g.integers({1, 1, 1})});
  const Value row = g.graph.emit(
      Gather{}, {half, g.graph.emit_constant(Tensor::scalar(std::int64_t{1})), g.graph.emit_constant(Tensor::scalar(std::int64_t{1}))});
  g.output(g.add(g.reshape(row, {2, 1, 4}), half));
  EXPECT_EQ(steps_of(g.graph), "Gather, Add, Result");
}

// Biases and activations behind a product with a constant are part of its step.
TEST(Products, TakeBiasAndActivation) {
  Views g;
  const Value product = g.graph.emit(MatMul{}, {g.input({2, 5, 7}), g.graph.emit_constant(numbers({7, 20}))});
  const Value biased = g.graph.emit(Binary{BinaryKind::kAdd}, {g.graph.emit_constant(numbers({20}, 4)), product});
  g.output(g.graph.emit(Unary{UnaryKind::kSwish}, {biased}));
  EXPECT_EQ(steps_of(g.graph), "matrix product, Result");
}

TEST(Products, LeaveABiasOfRows) {
  Views g;
  const Value product = g.graph.emit(MatMul{}, {g.input({2, 5, 5}), g.graph.emit_constant(numbers({5, 5}))});
  g.output(g.graph.emit(Binary{BinaryKind::kAdd}, {product, g.graph.emit_constant(numbers({5, 1}, 4))}));
  EXPECT_EQ(steps_of(g.graph), "matrix product, Add, Result");
}

// Every order in which the result of a product may be asked for.
TEST(Products, AreWrittenInAnyOrder) {
  std::vector<std::int64_t> order{0, 1, 2};
  do {
    Views g;
    const Value image = g.input({3, 4, 6});
    g.output(g.transpose(g.graph.emit(MatMul{true, false}, {image, image}), order));
    const std::string expected = order.back() == 0 ? "transpose, matrix product, Transpose, Result" : "transpose, matrix product, Result";
    EXPECT_EQ(steps_of(g.graph), expected);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace octet
