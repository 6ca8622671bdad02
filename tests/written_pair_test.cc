// The IR and the ONNX model that are written of one quantized network are the same integers: octet computes the same bits of both.
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "exporters/onnx/export.h"
#include "exporters/openvino_ir/export.h"
#include "formats/onnx/model.h"
#include "importers/onnx/import.h"
#include "importers/openvino_ir/import.h"
#include "passes/standard.h"
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

std::vector<std::vector<float>> outputs_of(Graph graph) {
  passes::run_reading_passes(graph);
  passes::run_execution_passes(graph);
  Session session(*compile(graph), 1);
  std::vector<std::vector<float>> outputs;
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor image = picture(100 + i);
    outputs.push_back(to_vector<float>((*session.run(std::span(&image, 1)))[0]));
  }
  return outputs;
}

TEST(WrittenPair, ComputesTheSameBits) {
  const quant::CalibrationImages images{20, [](std::size_t index) -> Result<Tensor> { return picture(index); }, {}};
  const auto model = quant::quantize(network(), images, {});
  ASSERT_TRUE(model.ok()) << model.error().message;
  const ScratchFolder folder;
  ASSERT_TRUE(export_openvino_ir(model->graph, folder.path() / "m.xml").ok());
  ASSERT_TRUE(export_onnx(model->graph, folder.path() / "m.onnx").ok());
  const auto ir = import_openvino_ir(folder.path() / "m.xml");
  ASSERT_TRUE(ir.ok()) << ir.error().message;
  auto record = onnx::read_model(folder.path() / "m.onnx");
  ASSERT_TRUE(record.ok()) << record.error().message;
  auto onnx = onnx::import_graph(*std::move(record), {}, {});
  ASSERT_TRUE(onnx.ok()) << onnx.error().message;
  passes::run_import_passes(onnx->graph);
  EXPECT_EQ(outputs_of(*ir), outputs_of(onnx->graph));
  std::size_t quantizers = 0;
  for (const Node& node : onnx->graph.nodes()) quantizers += std::holds_alternative<FakeQuantize>(node.op);
  EXPECT_GE(quantizers, model->points);
}

}  // namespace
}  // namespace octet
