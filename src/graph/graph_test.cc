#include "graph/graph.h"

#include <gtest/gtest.h>

#include "graph/evaluate.h"

namespace octet {
namespace {

Value parameter(Graph& graph, Shape shape, std::string name = "x") {
  return graph.emit(Parameter{ElementType::kF32, std::move(shape)}, {}, std::move(name));
}

Value relu(Graph& graph, Value input, std::string name = "") { return graph.emit(Unary{}, {input}, std::move(name)); }

TEST(Graph, InfersTheShapeOfANode) {
  Graph graph;
  const Value x = parameter(graph, {1, 3, 8, 8});
  const Value weights = graph.emit_constant(Tensor(ElementType::kF32, {4, 3, 3, 3}));
  const Value conv = graph.emit(Convolution{{2, 2}, {1, 1}, {{1, 1}, {1, 1}}}, {x, weights}, "conv");
  EXPECT_EQ(graph.shape(conv), (Shape{1, 4, 4, 4}));
  EXPECT_EQ(graph.find("conv"), conv.node);
}

TEST(Graph, NamesTheNodeWhoseInputsDisagree) {
  Graph graph;
  const Value x = parameter(graph, {1, 4, 8, 8});
  const Value weights = graph.emit_constant(Tensor(ElementType::kF32, {8, 3, 3, 3}));
  const auto added = graph.add(Convolution{}, {x, weights}, "stem");
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(added.error().message, "node 'stem': Convolution: weights [8,3,3,3] expect 3 channels, data has 4");
  EXPECT_EQ(graph.nodes().size(), 2u);
}

TEST(Graph, NumbersNamesThatAreTakenOrEmpty) {
  Graph graph;
  const Value x = parameter(graph, {1}, "a_1");
  EXPECT_EQ(graph.node(relu(graph, x, "a")).name, "a");
  EXPECT_EQ(graph.node(relu(graph, x, "a")).name, "a_2");
  EXPECT_EQ(graph.node(relu(graph, x)).name, "ReLU");
  EXPECT_EQ(graph.node(relu(graph, x)).name, "ReLU_1");
}

TEST(Graph, TakesManyEqualNames) {
  Graph graph;
  const Value x = parameter(graph, {1});
  for (int i = 0; i < 50000; ++i) relu(graph, x, "same");
  EXPECT_EQ(graph.nodes().back().name, "same_49999");
}

TEST(Graph, RenameFreesTheOldName) {
  Graph graph;
  const Value x = parameter(graph, {1}), y = relu(graph, x, "a");
  graph.rename(y.node, "b");
  EXPECT_EQ(graph.find("b"), y.node);
  graph.rename(y.node, "b");
  EXPECT_EQ(graph.node(y).name, "b");
  EXPECT_EQ(graph.node(relu(graph, x, "a")).name, "a");
}

TEST(Graph, ListsAReaderOnceForEachUse) {
  Graph graph;
  const Value x = parameter(graph, {1});
  const Value twice = graph.emit(Binary{}, {x, x}), once = relu(graph, x);
  EXPECT_EQ(graph.readers(x.node), (std::vector<NodeId>{twice.node, twice.node, once.node}));
  EXPECT_EQ(graph.all_readers()[index_of(x.node)], graph.readers(x.node));
}

TEST(Graph, ReplacingAValueMovesItsReaders) {
  Graph graph;
  const Value x = parameter(graph, {1}), first = relu(graph, x, "first"), second = relu(graph, first, "second");
  graph.emit(Output{}, {second}, "out");
  graph.replace_uses(first, x);
  graph.tidy();
  EXPECT_EQ(dump(graph), "x = Parameter() f32[1]\nsecond = ReLU(x) f32[1]\nout = Result(second) f32[1]\n");
}

TEST(Graph, TidyRestoresTheOrderAndKeepsParameters) {
  Graph graph;
  const Value x = parameter(graph, {1}), unused = parameter(graph, {2}, "unused");
  const Value y = relu(graph, x, "y");
  graph.emit(Output{}, {y}, "out");
  const Value late = graph.emit(Unary{UnaryKind::kExp}, {x}, "late");
  graph.set_input(y.node, 0, late);
  relu(graph, unused, "dead");
  graph.tidy();
  EXPECT_EQ(dump(graph),
            "x = Parameter() f32[1]\nunused = Parameter() f32[2]\nlate = Exp(x) f32[1]\ny = ReLU(late) f32[1]\n"
            "out = Result(y) f32[1]\n");
  EXPECT_EQ(graph.node(graph.find("late")).name, "late");
}

TEST(Graph, TidyTakesAChainOfAnyLength) {
  Graph graph;
  Value value = parameter(graph, {1});
  for (int i = 0; i < 200000; ++i) value = relu(graph, value);
  graph.emit(Output{}, {value});
  graph.tidy();
  EXPECT_EQ(graph.nodes().size(), 200002u);
}

TEST(Graph, CopiesShareConstants) {
  Graph graph;
  const Value c = graph.emit_constant(Tensor::of<float>({2}, {1, 2}));
  const Graph copy = graph;
  EXPECT_EQ(copy.constant(c)->bytes().data(), graph.constant(c)->bytes().data());
  EXPECT_EQ(graph.constant(parameter(graph, {1})), nullptr);
}

TEST(Graph, SetOpKeepsTheTypes) {
  Graph graph;
  const Value y = relu(graph, parameter(graph, {2}));
  graph.set_op(y.node, Unary{UnaryKind::kTanh});
  EXPECT_EQ(type_name(graph.node(y).op), "Tanh");
  EXPECT_DEATH(graph.set_op(y.node, Convert{ElementType::kI32}), "changes the outputs");
}

TEST(EvaluateGraph, RunsNodesByName) {
  Graph graph;
  const Value x = parameter(graph, {3});
  graph.emit(Output{}, {relu(graph, x)}, "out");
  const auto result = evaluate(graph, {{"x", Tensor::of<float>({3}, {-1, 0, 2})}});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(to_vector<float>(result->at("out")), (std::vector<float>{0, 0, 2}));
}

TEST(EvaluateGraph, AsksForInputsOfTheRightType) {
  Graph graph;
  graph.emit(Output{}, {parameter(graph, {3})});
  EXPECT_EQ(evaluate(graph, {}).error().message, "no value for input 'x'");
  EXPECT_EQ(evaluate(graph, {{"x", Tensor(ElementType::kI32, {3})}}).error().message, "input 'x' is i32[3], expected f32[3]");
}

}  // namespace
}  // namespace octet
