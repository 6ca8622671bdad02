#include <gtest/gtest.h>

#include <cmath>

#include "formats/npz/npz.h"
#include "graph/evaluate.h"
#include "importers/openvino_ir/import.h"

// IRs that OpenVINO and NNCF wrote, and what OpenVINO computes with them; testdata/make_models.py makes both, testdata/VERSIONS tells with
// what.
namespace octet {
namespace {

std::string path_of(std::string_view model, std::string_view ending) {
  return std::string(OCTET_SOURCE_DIR "/src/importers/openvino_ir/testdata/") + std::string(model) + std::string(ending);
}

void expect_close(const Tensor& expected, const Tensor& actual, double tolerance, const std::string& name) {
  ASSERT_EQ(to_string(expected.shape()), to_string(actual.shape())) << name;
  ASSERT_EQ(expected.type(), actual.type()) << name;
  const auto wanted = to_vector<double>(expected), found = to_vector<double>(actual);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (std::isnan(wanted[i]))
      EXPECT_EQ(found[i], 0) << name << "[" << i << "]: the mean of a window of padding alone, which OpenVINO divides by 0";
    else
      EXPECT_LE(std::abs(wanted[i] - found[i]) / std::max(1.0, std::abs(wanted[i])), tolerance) << name << "[" << i << "]";
}

// Tolerance: float sums in another order. The quantized model may land on the other side of a rounding edge, so there it is a step.
void expect_as_recorded(const std::string& model, double tolerance = 2e-5) {
  const auto graph = import_openvino_ir(path_of(model, ".xml"));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const auto outputs = evaluate(*graph, read_npz(path_of(model, ".in.npz")).value());
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const auto expected = read_npz(path_of(model, ".out.npz")).value();
  EXPECT_EQ(outputs->size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(outputs->contains(name)) << "no output '" << name << "'";
    expect_close(tensor, outputs->at(name), tolerance, model + " " + name);
  }
}

TEST(ImportRecorded, MathAsOpenvino) { expect_as_recorded("math_ops"); }
TEST(ImportRecorded, WindowsAsOpenvino) { expect_as_recorded("window_ops"); }
TEST(ImportRecorded, ShapesAsOpenvino) { expect_as_recorded("shape_ops"); }
TEST(ImportRecorded, ResizeAsOpenvino) { expect_as_recorded("resize_ops"); }
TEST(ImportRecorded, DetectionOutputOfOpset8AsOpenvino) { expect_as_recorded("detection8"); }
TEST(ImportRecorded, DetectionOutputOfOpset1AsOpenvino) { expect_as_recorded("detection1"); }
TEST(ImportRecorded, HalfPrecisionConstantsAsOpenvino) { expect_as_recorded("compressed"); }
TEST(ImportRecorded, QuantizedByNncfAsOpenvino) { expect_as_recorded("quantized", 0.1); }

// By the definition of FakeQuantize, with zero between two levels, the sums would be up to 0.03 apart.
TEST(ImportRecorded, ZeroBetweenLevelsAsOpenvino) { expect_as_recorded("zero_between_levels"); }

TEST(ImportRecorded, ReadsModelInfo) {
  const auto graph = import_openvino_ir(path_of("compressed", ".xml"));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph->model_info, (std::map<std::string, std::string>{{"model_type", "ssd"}, {"nested.list", "1.5 2"}}));
}

TEST(ImportRecorded, QuantizedWeightsStayIntegers) {
  const auto graph = import_openvino_ir(path_of("quantized", ".xml"));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  int integer_constants = 0, fake_quantizes = 0;
  for (const Node& node : graph->nodes()) {
    if (const auto* constant = std::get_if<Constant>(&node.op)) integer_constants += constant->value.type() == ElementType::kI8;
    fake_quantizes += std::holds_alternative<FakeQuantize>(node.op);
  }
  EXPECT_EQ(integer_constants, 4);
  EXPECT_GE(fake_quantizes, 3);
}

}  // namespace
}  // namespace octet
