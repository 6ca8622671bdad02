// The IR and the ONNX model that are written of one quantized network are the same integers: octet computes the same bits of both.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "exporters/onnx/export.h"
#include "exporters/openvino_ir/export.h"
#include "formats/onnx/model.h"
#include "graph/patterns.h"
#include "importers/onnx/import.h"
#include "importers/openvino_ir/import.h"
#include "passes/standard.h"
#include "quant/channels.h"
#include "quant/quantize.h"
#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

const Shape kImage{1, 3, 24, 24};

Tensor picture(std::size_t index) {
  Tensor tensor = numbers(kImage, static_cast<std::uint32_t>(index + 1));
  for (float& value : tensor.mutable_values<float>()) value = 127.5f + 127 * value;
  return tensor;
}

Value depthwise(SmallGraph& g, Value data, const std::string& name) {
  const Value weights = g.graph.emit_constant(numbers({8, 1, 1, 3, 3}, 5));
  return g.bias(g.graph.emit(GroupConvolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {data, weights}, name), name + "_bias");
}

// Ranges of channels behind an activation and behind none, scales of channels behind a SiLU, a sum, a pool and a concatenation of bytes.
Graph network() {
  SmallGraph g;
  const auto unary = [&](UnaryKind kind, Value data, const std::string& name) { return g.graph.emit(Unary{kind}, {data}, name); };
  const Value scaled =
      g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input(kImage), g.graph.emit_constant(Tensor::scalar(1 / 127.5f))}, "scale");
  const Value a = unary(UnaryKind::kSwish, g.bias(g.conv(scaled, 8, "first"), "first_bias"), "a");
  const Value b = unary(UnaryKind::kSwish, depthwise(g, a, "deep"), "b");
  const Value sum = g.add(a, g.bias(g.conv(b, 8, "wide"), "wide_bias"));
  const Value c = g.relu(depthwise(g, g.bias(g.conv(sum, 8, "flat"), "flat_bias"), "deeper"), "c");
  const Value pooled = g.graph.emit(MaxPool{{3, 3}, {1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {c}, "pool");
  g.output(g.bias(g.conv(g.concat({c, pooled}), 5, "head"), "head_bias"));
  return std::move(g.graph);
}

// A 1x1 convolution of channels that lie far apart.
Value pointwise(SmallGraph& g, Value data, std::int64_t outputs, const std::string& name) {
  const Value weights = g.graph.emit_constant(numbers({outputs, g.graph.shape(data)[1], 1, 1}, 7));
  Tensor bias = numbers({1, outputs, 1, 1}, 11);
  for (float& value : bias.mutable_values<float>()) value *= 20;
  return g.graph.emit(Binary{BinaryKind::kAdd}, {g.graph.emit(Convolution{}, {data, weights}, name), g.graph.emit_constant(bias)},
                      name + "_bias");
}

// Channels that are moved around zero in a bias, by way of a sum of images, and behind an activation.
Graph network_of_moved_channels() {
  SmallGraph g;
  const Value scaled =
      g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input(kImage), g.graph.emit_constant(Tensor::scalar(1 / 127.5f))}, "scale");
  const Value a = pointwise(g, scaled, 8, "first"), b = pointwise(g, scaled, 8, "second");
  const Value c = g.graph.emit(Unary{UnaryKind::kSwish}, {pointwise(g, g.add(a, b), 8, "middle")}, "swish");
  g.output(pointwise(g, c, 5, "head"));
  return std::move(g.graph);
}

struct Computed {
  std::vector<std::vector<float>> outputs;  // of each picture
  std::ptrdiff_t integer_steps = 0;
};

Computed computed_by(Graph graph) {
  passes::run_reading_passes(graph);
  passes::run_execution_passes(graph);
  const auto plan = *compile(graph);
  Session session(plan, 1);
  Computed computed;
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor image = picture(100 + i);
    computed.outputs.push_back(to_vector<float>((*session.run(std::span(&image, 1)))[0]));
  }
  computed.integer_steps = std::ranges::count(plan->steps(), true, &StepInfo::integer);
  return computed;
}

void expect_one_pair(const quant::QuantizedModel& model) {
  const ScratchFolder folder;
  ASSERT_TRUE(export_openvino_ir(model.graph, folder.path() / "m.xml").ok());
  ASSERT_TRUE(export_onnx(model.graph, folder.path() / "m.onnx").ok());
  const auto ir = import_openvino_ir(folder.path() / "m.xml");
  ASSERT_TRUE(ir.ok()) << ir.error().message;
  auto record = onnx::read_model(folder.path() / "m.onnx");
  ASSERT_TRUE(record.ok()) << record.error().message;
  auto onnx = onnx::import_graph(*std::move(record), {}, {});
  ASSERT_TRUE(onnx.ok()) << onnx.error().message;
  passes::run_import_passes(onnx->graph);
  const Computed of_ir = computed_by(*ir), of_onnx = computed_by(onnx->graph);
  EXPECT_EQ(of_ir.outputs, of_onnx.outputs);
  EXPECT_EQ(of_ir.integer_steps, of_onnx.integer_steps);
  EXPECT_GE(of_ir.integer_steps, static_cast<std::ptrdiff_t>(model.convolutions));
  std::size_t quantizers = 0;
  for (const Node& node : onnx->graph.nodes()) quantizers += std::holds_alternative<FakeQuantize>(node.op);
  EXPECT_GE(quantizers, model.points);
}

Result<quant::QuantizedModel> quantized(const Graph& graph) {
  return quant::quantize(graph, {20, [](std::size_t index) -> Result<Tensor> { return picture(index); }, {}}, {});
}

TEST(WrittenPair, ComputesTheSameBits) {
  const auto model = quantized(network());
  ASSERT_TRUE(model.ok()) << model.error().message;
  expect_one_pair(*model);
}

TEST(WrittenPair, ComputesTheSameBitsOfMovedChannels) {
  const Graph source = network_of_moved_channels();
  const auto model = quantized(source);
  ASSERT_TRUE(model.ok()) << model.error().message;
  const auto biases = [](const Graph& graph, const char* add) {
    return to_vector<float>(*constant_side(graph, {graph.find(add), 0})->constant);
  };
  const auto before = biases(source, "first_bias"), after = biases(model->floats, "first_bias");
  EXPECT_GT(std::fabs(before[0] - after[0]), 1) << "the terms of the sum have been moved";
  const Graph& graph = model->graph;
  const NodeId read = graph.node(graph.find("head")).inputs[0].node;
  EXPECT_TRUE(quant::moves_channels(graph, graph.node(read).inputs[0])) << "what the activation makes has been moved";
  expect_one_pair(*model);
}

}  // namespace
}  // namespace octet
