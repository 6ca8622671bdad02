#include "exporters/onnx/export.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "formats/onnx/onnx.pb.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;

class ExportOnnx : public ::testing::Test {
 protected:
  ExportOnnx() : folder_(fs::temp_directory_path() / ("octet-export-onnx-" + std::to_string(::getpid()))) {}
  ~ExportOnnx() override { fs::remove_all(folder_); }

  ModelProto written(const Graph& graph) {
    const auto status = export_onnx(graph, folder_ / "m.onnx");
    EXPECT_TRUE(status.ok()) << status.error().message;
    ModelProto model;
    EXPECT_TRUE(model.ParseFromString(read_text(folder_ / "m.onnx").value()));
    return model;
  }

  void expect_refused(const Graph& graph, const std::string& part) {
    const auto status = export_onnx(graph, folder_ / "m.onnx");
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(status.error().message.find(part), std::string::npos) << status.error().message;
    EXPECT_FALSE(fs::exists(folder_));
  }

  fs::path folder_;
};

Tensor floats(const Shape& shape, float value) {
  Tensor tensor(ElementType::kF32, shape);
  std::ranges::fill(tensor.mutable_values<float>(), value);
  return tensor;
}

std::vector<std::string> kinds(const ModelProto& model) {
  std::vector<std::string> names;
  for (const NodeProto& node : model.graph().node()) names.push_back(node.op_type());
  return names;
}

const NodeProto& maker(const ModelProto& model, const std::string& value) {
  const auto& nodes = model.graph().node();
  return *std::ranges::find_if(nodes,
                               [&](const NodeProto& node) { return std::ranges::find(node.output(), value) != node.output().end(); });
}

const TensorProto& initializer(const ModelProto& model, const std::string& name) {
  const auto& all = model.graph().initializer();
  return *std::ranges::find_if(all, [&](const TensorProto& tensor) { return tensor.name() == name; });
}

template <typename T>
std::vector<T> values(const TensorProto& tensor) {
  std::vector<T> result(tensor.raw_data().size() / sizeof(T));
  std::memcpy(result.data(), tensor.raw_data().data(), tensor.raw_data().size());
  return result;
}

Value input(Graph& graph) { return graph.emit(Parameter{ElementType::kF32, {1, 2, 4, 4}}, {}, "image"); }

// Steps of `scale` from -zero * scale on.
Value quantized(Graph& graph, Value value, float scale, float zero) {
  const Value low = graph.emit_constant(floats({}, -zero * scale)), high = graph.emit_constant(floats({}, (255 - zero) * scale));
  return graph.emit(FakeQuantize{256}, {value, low, high, low, high}, "q");
}

// i8 weights of 3 channels with scales 0.5, 1 and 2.
Value stored_weights(Graph& graph) {
  const Value integers = graph.emit_constant(Tensor(ElementType::kI8, {3, 2, 1, 1}), "integers");
  const Value scale = graph.emit_constant(Tensor::of<float>({3, 1, 1, 1}, std::vector<float>{0.5f, 1, 2}));
  return graph.emit(Binary{BinaryKind::kMultiply}, {graph.emit(Convert{ElementType::kF32}, {integers}), scale});
}

Value with_bias(Graph& graph, Value convolution, std::vector<float> bias) {
  const Value constant = graph.emit_constant(Tensor::of<float>({1, 3, 1, 1}, bias));
  return graph.emit(Binary{BinaryKind::kAdd}, {convolution, constant}, "biased");
}

TEST_F(ExportOnnx, KeepsNamesTypesAndMetadata) {
  Graph graph;
  graph.name = "net";
  graph.model_info = {{"labels", "a b"}, {"octet_head", "yolo"}};
  graph.emit(Output{}, {graph.emit(Unary{}, {input(graph)}, "layer")}, "boxes");
  const ModelProto model = written(graph);
  EXPECT_EQ(model.opset_import(0).version(), 17);
  EXPECT_EQ(model.graph().name(), "net");
  ASSERT_EQ(model.metadata_props_size(), 2);
  EXPECT_EQ(model.metadata_props(0).key(), "labels");
  EXPECT_EQ(model.metadata_props(0).value(), "a b");
  EXPECT_EQ(model.graph().input(0).name(), "image");
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(3).dim_value(), 4);
  EXPECT_EQ(model.graph().output(0).name(), "boxes");
  EXPECT_EQ(model.graph().output(0).type().tensor_type().elem_type(), TensorProto::FLOAT);
  EXPECT_EQ(kinds(model), std::vector<std::string>{"Relu"});
}

TEST_F(ExportOnnx, GivesEachOutputAMakerOfItsOwn) {
  Graph graph;
  const Value x = input(graph), relu = graph.emit(Unary{}, {x}, "layer");
  graph.emit(Output{}, {relu}, "first");
  graph.emit(Output{}, {relu}, "second");
  graph.emit(Output{}, {x}, "as_it_is");
  const ModelProto model = written(graph);
  EXPECT_EQ(kinds(model), (std::vector<std::string>{"Relu", "Identity", "Identity"}));
  EXPECT_EQ(maker(model, "second").input(0), "first");
  EXPECT_EQ(maker(model, "as_it_is").input(0), "image");
}

TEST_F(ExportOnnx, WritesTheSameBytesAgain) {
  Graph graph;
  graph.emit(Output{}, {graph.emit(Convolution{}, {input(graph), stored_weights(graph)}, "conv")}, "y");
  written(graph);
  const std::string first = read_text(folder_ / "m.onnx").value();
  written(graph);
  EXPECT_EQ(read_text(folder_ / "m.onnx").value(), first);
}

TEST_F(ExportOnnx, TakesABiasIntoItsConvolution) {
  Graph graph;
  const Value conv = graph.emit(Convolution{}, {input(graph), graph.emit_constant(floats({3, 2, 1, 1}, 1))}, "conv");
  graph.emit(Output{}, {with_bias(graph, conv, {1, 2, 3})}, "y");
  const ModelProto model = written(graph);
  EXPECT_EQ(kinds(model), std::vector<std::string>{"Conv"});
  EXPECT_EQ(values<float>(initializer(model, maker(model, "y").input(2))), (std::vector<float>{1, 2, 3}));
}

TEST_F(ExportOnnx, WritesAQuantizedConvolutionAsIntegers) {
  Graph graph;
  const Value conv = graph.emit(Convolution{}, {quantized(graph, input(graph), 0.25f, 10), stored_weights(graph)}, "conv");
  graph.emit(Output{}, {with_bias(graph, conv, {1, 2, -3})}, "y");
  const ModelProto model = written(graph);
  const NodeProto& node = maker(model, "y");
  EXPECT_EQ(node.op_type(), "Conv");
  const NodeProto &data = maker(model, node.input(0)), &weights = maker(model, node.input(1)), &bias = maker(model, node.input(2));
  EXPECT_EQ(maker(model, data.input(0)).op_type(), "QuantizeLinear");
  EXPECT_EQ(values<float>(initializer(model, data.input(1))), std::vector<float>{0.25f});
  EXPECT_EQ(values<std::uint8_t>(initializer(model, data.input(2))), std::vector<std::uint8_t>{10});
  EXPECT_EQ(initializer(model, weights.input(0)).data_type(), TensorProto::INT8);
  EXPECT_EQ(values<float>(initializer(model, weights.input(1))), (std::vector<float>{0.5f, 1, 2}));
  EXPECT_EQ(values<std::int32_t>(initializer(model, bias.input(0))), (std::vector<std::int32_t>{8, 8, -6}));
  EXPECT_EQ(values<float>(initializer(model, bias.input(1))), (std::vector<float>{0.125f, 0.25f, 0.5f}));
}

TEST_F(ExportOnnx, LeavesABiasFloatThatIntegersCannotHold) {
  Graph graph;
  const Value conv = graph.emit(Convolution{}, {quantized(graph, input(graph), 1e-5f, 0), stored_weights(graph)}, "conv");
  graph.emit(Output{}, {with_bias(graph, conv, {1, 1e9f, 0})}, "y");
  const ModelProto model = written(graph);
  EXPECT_EQ(values<float>(initializer(model, maker(model, "y").input(2))), (std::vector<float>{1, 1e9f, 0}));
}

TEST_F(ExportOnnx, BringsMovedIntegersOntoTheirGridAgain) {
  Graph graph;
  const Value pooled = graph.emit(MaxPool{{2, 2}, {2, 2}}, {quantized(graph, input(graph), 0.25f, 10)}, "pool");
  graph.emit(Output{}, {pooled}, "y");
  const ModelProto model = written(graph);
  EXPECT_EQ(kinds(model),
            (std::vector<std::string>{"QuantizeLinear", "DequantizeLinear", "MaxPool", "QuantizeLinear", "DequantizeLinear"}));
  EXPECT_EQ(values<float>(initializer(model, maker(model, "y").input(1))), std::vector<float>{0.25f});
}

TEST_F(ExportOnnx, ComputesARangeThatIsNoGrid) {
  Graph graph;
  const Value x = input(graph), low = graph.emit_constant(floats({}, 0.1f)), high = graph.emit_constant(floats({}, 1));
  graph.emit(Output{}, {graph.emit(FakeQuantize{256}, {x, low, high, low, high}, "q")}, "y");
  EXPECT_EQ(kinds(written(graph)), (std::vector<std::string>{"Max", "Min", "Sub", "Div", "Round", "Mul", "Add"}));
}

TEST_F(ExportOnnx, RefusesByNodeAndLeavesNoFile) {
  Graph graph;
  const Value x = input(graph), low = graph.emit_constant(floats({}, 1)), high = graph.emit_constant(floats({}, 1));
  graph.emit(Output{}, {graph.emit(FakeQuantize{256}, {x, low, high, low, high}, "flat")}, "y");
  expect_refused(graph, "node 'flat' (FakeQuantize) has a range without extent");
}

TEST_F(ExportOnnx, WantsItsExtension) {
  Graph graph;
  graph.emit(Output{}, {input(graph)}, "y");
  const auto status = export_onnx(graph, folder_ / "m.xml");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace octet
