#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include <rapidcheck.h>

#include "base/files.h"
#include "every_operation_for_test.h"
#include "exporters/onnx/export.h"
#include "formats/npz/npz.h"
#include "graph/evaluate.h"
#include "runtime/random_graph_for_test.h"

// ONNX models of every operation and of random networks, written and run by ONNX Runtime where that is installed.
namespace octet {
namespace {

namespace fs = std::filesystem;
using runtime_test::RandomGraph;

// Whether a resize to the nearest pixel below or above meets one whose place is a whole number: ONNX Runtime divides by a scale in floats
// and may find itself next to it, 2.9999998 of 3.
bool meets_a_whole_place(const Graph& graph) {
  for (const Node& node : graph.nodes()) {
    const auto* op = std::get_if<Interpolate>(&node.op);
    if (!op || op->mode != Interpolate::Mode::kNearest || op->coordinates != Interpolate::Coordinates::kHalfPixel) continue;
    if (op->nearest != Interpolate::NearestRounding::kFloor && op->nearest != Interpolate::NearestRounding::kCeil) continue;
    const Shape &from = graph.shape(node.inputs[0]), &to = node.outputs[0].shape;
    for (const std::size_t axis : {2, 3})
      for (std::int64_t i = 0; i < to[axis] && to[axis] != from[axis]; ++i)
        if (((2 * i + 1) * from[axis] - to[axis]) % (2 * to[axis]) == 0) return true;
  }
  return false;
}

class OnnxRuntime : public ::testing::Test {
 protected:
  OnnxRuntime() : folder_(fs::temp_directory_path() / ("octet-onnx-across-" + std::to_string(::getpid()))) {}
  ~OnnxRuntime() override { fs::remove_all(folder_); }

  void SetUp() override {
    if (!fs::exists(kPython)) GTEST_SKIP() << "ONNX Runtime is not installed: there is no " << kPython;
  }

  void write(const std::string& name, const Graph& graph, const std::map<std::string, Tensor>& in,
             const std::map<std::string, Tensor>& out) {
    const auto status = export_onnx(graph, folder_ / (name + ".onnx"));
    ASSERT_TRUE(status.ok()) << status.error().message << "\n" << dump(graph);
    ASSERT_TRUE(write_npz(folder_ / (name + ".in.npz"), in).ok());
    ASSERT_TRUE(write_npz(folder_ / (name + ".out.npz"), out).ok());
  }

  void expect_same_results(double tolerance) {
    const std::string command = fmt::format("'{}' '{}' '{}' {}", kPython.string(), OCTET_SOURCE_DIR "/tests/compare_with_onnxruntime.py",
                                            folder_.string(), tolerance);
    EXPECT_EQ(std::system(command.c_str()), 0);
  }

  void expect_random_graphs_compute_the_same(RandomGraph::Kind kind, double tolerance) {
    int count = 0;
    EXPECT_TRUE(rc::check([&] {
      const RandomGraph random(kind);
      if (meets_a_whole_place(random.graph)) return;
      std::map<std::string, Tensor> in, out;
      const auto parameters = random.graph.parameters();
      for (std::size_t i = 0; i < parameters.size(); ++i) in[random.graph.node(parameters[i]).name] = random.inputs[i];
      for (const NodeId id : random.graph.outputs()) out[random.graph.node(id).name] = random.values.at(random.graph.node(id).inputs[0]);
      write(std::to_string(count++), random.graph, in, out);
    }));
    expect_same_results(tolerance);
  }

  const fs::path kPython = OCTET_SOURCE_DIR "/.venv-peers/bin/python";
  fs::path folder_;
};

// A DetectionOutput is replaced by the codes and scores that enter it.
std::map<std::string, Tensor> outputs_of_onnx(const Graph& graph, const std::map<std::string, Tensor>& inputs) {
  Graph cut = graph;
  const Node detections = cut.node(cut.find("detections"));
  const Node last = cut.node(detections.inputs[0]);
  const NodeId codes = *cut.add(Output{}, {last.inputs[0]}, "detections/box_codes");
  const NodeId scores = *cut.add(Output{}, {last.inputs[1]}, "detections/class_scores");
  EXPECT_EQ(cut.node(codes).name, "detections/box_codes");
  EXPECT_EQ(cut.node(scores).name, "detections/class_scores");
  auto outputs = evaluate(cut, inputs).value();
  outputs.erase("detections");
  return outputs;
}

TEST_F(OnnxRuntime, ComputesEveryOperation) {
  const Graph graph = EveryOperation().graph;
  const std::map<std::string, Tensor> inputs{{"x", random_input()}};
  write("every", graph, inputs, outputs_of_onnx(graph, inputs));
  expect_same_results(1e-4);
}

// Behind a convolution in integers, a QuantizeLinear with a scale a channel would make ONNX Runtime refuse to run what it optimized.
TEST_F(OnnxRuntime, ComputesAConvolutionWhoseChannelsHaveRangesOfTheirOwn) {
  Graph graph;
  const auto quantized = [&](Value value, const std::vector<float>& high) {
    const Shape shape{1, static_cast<std::int64_t>(high.size()), 1, 1};
    const Value to = graph.emit_constant(Tensor::of<float>(shape, high)), from = graph.emit_constant(Tensor(ElementType::kF32, shape));
    return graph.emit(FakeQuantize{256}, {value, from, to, from, to});
  };
  const auto stored = [&](const Shape& shape) {
    const Value integers = graph.emit_constant(Tensor::of<std::int8_t>(shape, std::vector<std::int8_t>{100, 50}));
    const Value scale = graph.emit_constant(Tensor::scalar(0.01f));
    return graph.emit(Binary{BinaryKind::kMultiply}, {graph.emit(Convert{ElementType::kF32}, {integers}), scale});
  };
  const Value x = graph.emit(Parameter{ElementType::kF32, {1, 1, 2, 2}}, {}, "x");
  const Value first = graph.emit(Convolution{}, {quantized(x, {2.55f}), stored({2, 1, 1, 1})});
  graph.emit(Output{}, {graph.emit(GroupConvolution{}, {quantized(first, {2.55f, 5.1f}), stored({2, 1, 1, 1, 1})})}, "y");
  const std::map<std::string, Tensor> inputs{{"x", Tensor::of<float>({1, 1, 2, 2}, std::vector<float>{0.12f, 0.52f, 1, 2})}};
  write("channels", graph, inputs, evaluate(graph, inputs).value());
  expect_same_results(1e-4);
}

TEST_F(OnnxRuntime, ComputesRandomNetworks) { expect_random_graphs_compute_the_same(RandomGraph::Kind::kFloat, 1e-4); }

// Biases are integers there, and a sum beside the middle between two steps may fall on either: values up to 10 have steps of a twelfth.
TEST_F(OnnxRuntime, ComputesRandomQuantizedNetworks) { expect_random_graphs_compute_the_same(RandomGraph::Kind::kQuantized, 0.1); }

}  // namespace
}  // namespace octet
