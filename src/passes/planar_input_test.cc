#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

Value transposed(Graph& graph, Value x, const std::vector<std::int64_t>& order = {0, 3, 1, 2}) {
  return graph.emit(Transpose{}, {x, graph.emit_constant(integers(order))});
}
Value real(Graph& graph, Value x) { return graph.emit(Convert{ElementType::kF32}, {x}); }

// What comes behind the conversions.
const Graph& finished(Graph& graph, Value planes) {
  graph.model_info["key"] = "kept";
  output(graph, unary(graph, UnaryKind::kRelu, convolution(graph, planes, 2)));
  return graph;
}

Graph bytes_of_pixels(bool convert_first) {
  Graph graph;
  const Value x = graph.emit(Parameter{ElementType::kU8, {1, 4, 5, 3}}, {}, "image");
  return finished(graph, convert_first ? transposed(graph, real(graph, x)) : real(graph, transposed(graph, x)));
}

TEST(MakeInputPlanar, TakesConversionsInEitherOrder) {
  for (const bool convert_first : {true, false}) {
    Graph graph = bytes_of_pixels(convert_first);
    EXPECT_TRUE(make_input_planar(graph));
    EXPECT_EQ(operations(graph), "Convolution ReLU Result");
    EXPECT_EQ(graph.type({graph.find("image"), 0}), (TensorType{ElementType::kF32, {1, 3, 4, 5}}));
    EXPECT_EQ(graph.model_info.at("key"), "kept");
    EXPECT_FALSE(make_input_planar(graph));
  }
}

// What a graph makes of one picture, given as bytes of pixels or as planes of f32.
std::vector<float> outputs_of_pixels(const Graph& graph, bool as_bytes) {
  std::vector<float> pixels, planes;
  for (int i = 0; i < 60; ++i) pixels.push_back(static_cast<float>(i * 4));
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < 20; ++i) planes.push_back(pixels[i * 3 + c]);
  const Tensor bytes = converted(Tensor::of<float>({1, 4, 5, 3}, pixels), ElementType::kU8);
  const auto outputs = evaluate(graph, {{"image", as_bytes ? bytes : Tensor::of<float>({1, 3, 4, 5}, planes)}});
  EXPECT_TRUE(outputs.ok());
  return outputs.ok() ? to_vector<float>(outputs->at("out")) : std::vector<float>{};
}

TEST(MakeInputPlanar, ComputesTheSameOfTheSamePixels) {
  const Graph before = bytes_of_pixels(true);
  Graph after = before;
  EXPECT_TRUE(make_input_planar(after));
  EXPECT_EQ(outputs_of_pixels(after, false), outputs_of_pixels(before, true));
}

// Mean, scale and the order of the channels, which OpenVINO puts in front of the change of layout.
Graph preprocessed() {
  Graph graph;
  Value x = real(graph, graph.emit(Parameter{ElementType::kU8, {1, 4, 5, 3}}, {}, "image"));
  const Value order = graph.emit_constant(integers({2, 1, 0})), axis = graph.emit_constant(Tensor::scalar<std::int64_t>(3));
  x = graph.emit(Gather{}, {x, order, axis}, "reversed");
  x = binary(graph, BinaryKind::kSubtract, x, Tensor::of<float>({1, 1, 1, 3}, {1, 2, 3}));
  x = binary(graph, BinaryKind::kSubtract, graph.emit_constant(Tensor::scalar(255.0f)), x);
  return finished(graph, transposed(graph, x));
}

TEST(MakeInputPlanar, MovesArithmeticOnPixelsToPlanes) {
  const Graph before = preprocessed();
  Graph after = before;
  EXPECT_TRUE(make_input_planar(after));
  EXPECT_EQ(operations(after), "Split Concat Subtract Subtract Convolution ReLU Result");
  EXPECT_EQ(outputs_of_pixels(before, true), outputs_of_pixels(after, false));
}

TEST(MakeInputPlanar, LeavesArithmeticThatVariesOverThePicture) {
  Graph graph;
  const Value x = real(graph, graph.emit(Parameter{ElementType::kU8, {1, 4, 5, 3}}, {}, "image"));
  finished(graph, transposed(graph, binary(graph, BinaryKind::kSubtract, x, Tensor(ElementType::kF32, {1, 4, 1, 1}))));
  const std::string before = dump(graph);
  EXPECT_FALSE(make_input_planar(graph));
  EXPECT_EQ(dump(graph), before);
}

TEST(MakeInputPlanar, TakesBytesInPlanesAndFloatsInPixels) {
  Graph bytes;
  const Value x = bytes.emit(Parameter{ElementType::kU8, {1, 3, 4, 5}}, {});
  Graph planes = finished(bytes, real(bytes, x));
  EXPECT_TRUE(make_input_planar(planes));
  EXPECT_EQ(operations(planes), "Convolution ReLU Result");
  Graph floats;
  const Value y = input(floats, {1, 4, 5, 3});
  Graph pixels = finished(floats, transposed(floats, y));
  EXPECT_TRUE(make_input_planar(pixels));
  EXPECT_EQ(operations(pixels), "Convolution ReLU Result");
}

TEST(MakeInputPlanar, LeavesOtherInputsAlone) {
  Graph plain;
  expect_untouched(make_input_planar, finished(plain, input(plain, {1, 3, 4, 5})));
  Graph other_order;
  const Value x = input(other_order, {1, 4, 3, 5});
  expect_untouched(make_input_planar, finished(other_order, transposed(other_order, x, {0, 2, 1, 3})));
  Graph two_readers;
  const Value y = input(two_readers, {1, 4, 5, 3});
  output(two_readers, y, "pixels");
  expect_untouched(make_input_planar, finished(two_readers, transposed(two_readers, y)));
}

}  // namespace
}  // namespace octet::passes
