#include "benchmark/prepare_model.h"

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::SmallGraph;

// y = -x, [1,3,2,6].
Graph negation() {
  SmallGraph g;
  g.output(g.graph.emit(Unary{UnaryKind::kNegative}, {g.input({1, 3, 2, 6}, "x")}, "negative"), "y");
  return std::move(g.graph);
}

std::vector<float> run(const PreparedModel& model, const Tensor& input) {
  RuntimeOptions options;
  options.picture_input = model.picture_input;
  Session session(*compile(model.graph, options), 1);
  const auto outputs = session.run(std::span(&input, 1));
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  return to_vector<float>((*outputs)[0]);
}

// 0, 1, 2 ...
Tensor counting(ElementType type, Shape shape) {
  Tensor tensor(ElementType::kF32, std::move(shape));
  float next = 0;
  for (float& value : tensor.mutable_values<float>()) value = next++;
  return converted(tensor, type);
}

TEST(WithInputShapes, InfersWhatFollows) {
  const auto wide = with_input_shapes(negation(), {{"x", {2, 3, 5, 6}}});
  ASSERT_TRUE(wide.ok()) << wide.error().message;
  EXPECT_EQ(wide->shape({wide->outputs()[0], 0}), (Shape{2, 3, 5, 6}));
  EXPECT_EQ(wide->node(wide->outputs()[0]).name, "y");
}

TEST(WithInputShapes, NamesTheNodeThatDoesNotFit) {
  SmallGraph g;
  const Value image = g.input({1, 3, 4, 4}, "x");
  g.output(g.graph.emit(Reshape{}, {image, g.integers({1, 48})}, "flat"), "y");
  const auto found = with_input_shapes(g.graph, {{"x", {2, 3, 4, 4}}});
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().message.find("'flat'"), std::string::npos) << found.error().message;
  const auto other = with_input_shapes(g.graph, {{"z", {2, 3, 4, 4}}});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().message, "the model has no input 'z'");
}

TEST(PreparedModel, TakesAnImageAsAPicture) {
  const Graph graph = negation();
  auto inputs = model_inputs(graph);
  inputs[0].given = ElementType::kU8;
  inputs[0].mean = {1, 2, 3};
  inputs[0].scale = {2};
  const auto model = prepared_model(graph, inputs);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_TRUE(model->picture_input);
  const auto found = run(*model, counting(ElementType::kU8, {1, 2, 6, 3}));
  EXPECT_FLOAT_EQ(found[0], -(0 - 1) / 2.0f);   // channel 0 of the first pixel
  EXPECT_FLOAT_EQ(found[12], -(1 - 2) / 2.0f);  // channel 1
  EXPECT_FLOAT_EQ(found[35], -(35 - 3) / 2.0f);
}

TEST(PreparedModel, ConvertsOtherInputsAndOutputs) {
  const Graph graph = negation();
  auto inputs = model_inputs(graph);
  inputs[0].given = ElementType::kI32;
  const auto model = prepared_model(graph, inputs, {{"y", ElementType::kF16}});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_FALSE(model->picture_input);
  EXPECT_EQ(model->graph.type({model->graph.outputs()[0], 0}).element, ElementType::kF16);
  EXPECT_EQ(run(*model, counting(ElementType::kI32, {1, 3, 2, 6}))[7], -7);
}

TEST(PreparedModel, RefusesWhatDoesNotFit) {
  const Graph graph = negation();
  auto inputs = model_inputs(graph);
  inputs[0].mean = {1, 2};
  EXPECT_EQ(prepared_model(graph, inputs).error().message,
            "input 'x' [1,3,2,6] of layout [N,C,H,W] has not 2 channels, as mean values are given");
  EXPECT_EQ(prepared_model(graph, model_inputs(graph), {{"z", ElementType::kF16}}).error().message, "the model has no output 'z'");
}

}  // namespace
}  // namespace octet
