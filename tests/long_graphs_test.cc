// A file may describe a graph of a hundred thousand nodes. No stage may follow one by recursion or take the square of its time:
// each graph here made some stage overflow the stack or take minutes. The test runs into ctest's limit if that comes back.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "passes/standard.h"
#include "quant/placement.h"
#include "runtime/plan.h"

namespace octet {
namespace {

constexpr int kNodes = 60000;

Value image(Graph& graph) { return graph.emit(Parameter{ElementType::kF32, {1, 1, 1, 1}}, {}, "x"); }
Value exponential(Graph& graph, Value x) { return graph.emit(Unary{UnaryKind::kExp}, {x}); }
Value number(Graph& graph, float value) { return graph.emit_constant(Tensor::of<float>({1, 1, 1, 1}, {value})); }
Value convolution(Graph& graph, Value x) { return graph.emit(Convolution{}, {x, number(graph, 0.5f)}); }
Value channel_axis(Graph& graph) { return graph.emit_constant(Tensor::scalar<std::int64_t>(1)); }
void output(Graph& graph, Value x) { graph.emit(Output{}, {x}); }

void expect_all_stages_run(Graph graph) {
  ASSERT_TRUE(compile(graph).ok());
  quant::plan_quantization(graph);
  passes::run_import_passes(graph);
  const auto plan = compile(graph);
  ASSERT_TRUE(plan.ok());
  const Tensor input(ElementType::kF32, {1, 1, 1, 1});
  EXPECT_TRUE(Session(*plan, 1).run(std::span(&input, 1)).ok());
}

TEST(LongGraphs, OfClamps) {
  Graph graph;
  Value x = image(graph);
  for (int i = 0; i < kNodes; ++i) x = graph.emit(Clamp{-1.0 - i, 1.0 + i}, {x});
  output(graph, x);
  expect_all_stages_run(std::move(graph));
}

TEST(LongGraphs, OfArithmeticWithOneNumber) {
  Graph graph;
  Value x = image(graph);
  for (int i = 0; i < kNodes; ++i) x = graph.emit(Binary{i % 2 ? BinaryKind::kAdd : BinaryKind::kPower}, {x, number(graph, 3)});
  output(graph, x);
  expect_all_stages_run(std::move(graph));
}

TEST(LongGraphs, OfValuesThatAreKeptToTheEnd) {
  Graph graph;
  std::vector<Value> values{image(graph)};
  for (int i = 0; i < kNodes; ++i) values.push_back(exponential(graph, values.back()));
  Value sum = values[0];
  for (auto value = values.rbegin(); value != values.rend(); ++value) sum = graph.emit(Binary{}, {sum, *value});
  output(graph, sum);
  expect_all_stages_run(std::move(graph));
}

TEST(LongGraphs, OfOutputs) {
  Graph graph;
  const Value x = exponential(graph, image(graph));
  for (int i = 0; i < kNodes; ++i) output(graph, exponential(graph, x));
  expect_all_stages_run(std::move(graph));
}

TEST(LongGraphs, OfReshapesThatAreAllJoined) {
  Graph graph;
  Value x = exponential(graph, image(graph));
  for (int i = 0; i < kNodes; ++i) {
    const std::vector<std::int64_t> shape(i % 2 ? 1 : 2, 1);
    x = graph.emit(Reshape{}, {x, graph.emit_constant(Tensor::of({static_cast<std::int64_t>(shape.size())}, shape))});
    output(graph, graph.emit(Concat{0}, {x, x}));
  }
  expect_all_stages_run(std::move(graph));
}

TEST(LongGraphs, OfMovedValuesThatShareAScale) {
  Graph graph;
  Value x = exponential(graph, image(graph));
  for (int i = 0; i < kNodes / 4; ++i) {
    x = graph.emit(MaxPool{}, {x});
    const Value joined = graph.emit(Concat{1}, {x, x});
    output(graph, convolution(graph, graph.emit(Split{2}, {joined, channel_axis(graph)})));
  }
  expect_all_stages_run(std::move(graph));
}

TEST(LongGraphs, ThatAreObservedEverywhere) {
  Graph graph;
  RuntimeOptions options;
  Value x = image(graph);
  for (int i = 0; i < kNodes; ++i) options.observe.push_back(x = exponential(graph, x));
  output(graph, x);
  EXPECT_TRUE(compile(graph, options).ok());
}

}  // namespace
}  // namespace octet
