#include <gtest/gtest.h>

#include <set>

#include "engines/engine.h"

namespace octet {
namespace {

// y = -x for four floats.
Graph negation() {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 4}}, {}, "x");
  graph.emit(Output{}, {graph.emit(Unary{UnaryKind::kNegative}, {x}, "negative")}, "y");
  return graph;
}

TEST(Engines, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Engine* engine : engines()) EXPECT_TRUE(names.insert(engine->name()).second) << engine->name();
  EXPECT_TRUE(names.contains(default_engine().name()));
}

TEST(Engines, RunAGraph) {
  for (const Engine* engine : engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(negation(), {});
    ASSERT_TRUE(model.ok()) << model.error().message;
    ASSERT_EQ((*model)->inputs().size(), 1u);
    EXPECT_EQ((*model)->inputs()[0].name, "x");
    ASSERT_EQ((*model)->outputs().size(), 1u);
    EXPECT_EQ((*model)->outputs()[0].name, "y");
    EXPECT_FALSE((*model)->uses_integers());
    const auto session = (*model)->open_session(1);
    const Tensor input = Tensor::of<float>({1, 4}, std::vector<float>{1, -2, 3, 0.5f});
    const auto outputs = session->run(std::span(&input, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    const auto values = outputs->front().values<float>();
    EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{-1, 2, -3, -0.5f}));
  }
}

TEST(Engines, SessionsKeepTheModelAlive) {
  std::unique_ptr<EngineSession> session;
  {
    auto model = default_engine().load(negation(), {});
    ASSERT_TRUE(model.ok());
    session = (*model)->open_session(1);
  }
  const Tensor input(ElementType::kF32, {1, 4});
  EXPECT_TRUE(session->run(std::span(&input, 1)).ok());
}

TEST(Engines, TakeAPictureAsBytes) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 3, 1, 2}}, {}, "image");
  graph.emit(Output{}, {graph.emit(Unary{UnaryKind::kNegative}, {image}, "negative")}, "y");
  for (const Engine* engine : engines()) {
    SCOPED_TRACE(engine->name());
    const auto model = engine->load(graph, {}, {.picture_input = true});
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_EQ((*model)->inputs()[0].type, (TensorType{ElementType::kU8, {1, 1, 2, 3}}));
    const Tensor picture = Tensor::of<std::uint8_t>({1, 1, 2, 3}, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 255});
    const auto session = (*model)->open_session(1);
    const auto outputs = session->run(std::span(&picture, 1));
    ASSERT_TRUE(outputs.ok()) << outputs.error().message;
    const auto values = outputs->front().values<float>();
    EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{-1, -4, -2, -5, -3, -255}));
  }
}

TEST(Engines, RefuseInputsOfAnotherShape) {
  const auto model = default_engine().load(negation(), {});
  ASSERT_TRUE(model.ok());
  const Tensor input(ElementType::kF32, {1, 5});
  const auto outputs = (*model)->open_session(1)->run(std::span(&input, 1));
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace octet
