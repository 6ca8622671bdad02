// Published detectors against what TensorFlow 2.21 computed with them (reference.npz beside each; ../shared/models).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

#include "base/files.h"
#include "formats/npz/npz.h"
#include "formats/tensorflow/graph_def.pb.h"
#include "graph/evaluate.h"
#include "importers/tensorflow/import.h"

namespace octet::tensorflow {
namespace {

const std::filesystem::path kModels = std::filesystem::path(OCTET_SOURCE_DIR) / ".." / "shared" / "models";
const std::filesystem::path kSsdLite = kModels / "ssdlite_mobilenet_v2_coco" / "frozen_inference_graph.pb";

// What is compared; the reference also has a text, which octet does not read.
Result<std::map<std::string, Tensor>> read_reference(const std::filesystem::path& folder) {
  return read_npz(folder / "reference.npz", NpzNames{{"input_0", "box_encodings", "class_logits", "anchors"}});
}

template <typename T>
std::size_t count(const Graph& graph) {
  return static_cast<std::size_t>(
      std::ranges::count_if(graph.nodes(), [](const Node& node) { return std::holds_alternative<T>(node.op); }));
}

// TensorFlow's network input (Preprocessor/sub, NHWC RGB, -1..1) as the image that the graph takes.
Tensor image_of(const Tensor& input) {
  const std::vector<float> values = to_vector<float>(input);
  Tensor image(ElementType::kF32, {1, 3, input.shape()[0], input.shape()[1]});
  const auto planes = image.mutable_values<float>();
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t cells = planes.size() / 3, channel = i / cells, cell = i % cells;
    planes[i] = (values[cell * 3 + 2 - channel] + 1) * 127.5f;
  }
  return image;
}

double greatest_difference(const std::vector<float>& found, const std::vector<float>& expected, bool swap_pairs) {
  EXPECT_LE(found.size(), expected.size());
  double greatest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double apart = std::fabs(static_cast<double>(found[i]) - expected[swap_pairs ? i ^ 1 : i]);
    if (!(apart <= greatest)) greatest = apart;  // what is no number stays
  }
  return greatest;
}

void expect_tensorflows_results(const std::filesystem::path& pb, const std::filesystem::path& folder) {
  auto model = import_tensorflow(pb);
  ASSERT_TRUE(model.ok()) << model.error().message;
  Graph* graph = &model->graph;
  EXPECT_EQ(count<PriorBoxClustered>(*graph), 6u);
  EXPECT_EQ(model->description.categories, CategoryRule::kCoco91);
  const auto reference = read_reference(folder);
  ASSERT_TRUE(reference.ok()) << reference.error().message;
  for (const char* name : {"box_codes", "class_logits", "Priors"})
    graph->emit(Output{}, {Value{graph->find(name), 0}}, std::string(name) + "_out");
  const auto outputs = evaluate(*graph, {{"image_tensor", image_of(reference->at("input_0"))}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const auto output = [&](const std::string& name) { return to_vector<float>(outputs->at(name)); };
  EXPECT_LT(greatest_difference(output("box_codes_out"), to_vector<float>(reference->at("box_encodings")), true), 1e-3);
  EXPECT_LT(greatest_difference(output("class_logits_out"), to_vector<float>(reference->at("class_logits")), false), 1e-3);
  std::vector<float> corners = output("Priors_out");
  corners.resize(corners.size() / 2);
  EXPECT_LT(greatest_difference(corners, to_vector<float>(reference->at("anchors")), true), 1e-6);
}

TEST(RealTensorflowGraphs, SsdLiteComputesWhatTensorFlowDoes) {
  if (!std::filesystem::exists(kSsdLite)) GTEST_SKIP() << "no " << kSsdLite;
  expect_tensorflows_results(kSsdLite, kSsdLite.parent_path());
}

TEST(RealTensorflowGraphs, SsdMobileNetV1ComputesWhatTensorFlowDoesInEveryForm) {
  const char* folder = std::getenv("OCTET_TENSORFLOW_GRAPHS");
  if (!folder)
    GTEST_SKIP() << "OCTET_TENSORFLOW_GRAPHS names no folder with narrow.pb, plain.pb and folded.pb (../shared/models/README.md says how "
                    "to build them)";
  expect_tensorflows_results(std::filesystem::path(folder) / "narrow.pb", kModels / "ssd_mobilenet_v1_coco");
  for (const char* form : {"plain.pb", "folded.pb"})
    expect_tensorflows_results(std::filesystem::path(folder) / form, kModels / "ssd_mobilenet_v1_coco_published");
}

TEST(RealTensorflowGraphs, SsdLiteHasItsLayersAndNothingElse) {
  if (!std::filesystem::exists(kSsdLite)) GTEST_SKIP() << "no " << kSsdLite;
  const auto model = import_tensorflow(kSsdLite);
  ASSERT_TRUE(model.ok()) << model.error().message;
  const Graph* graph = &model->graph;
  EXPECT_EQ(count<Convolution>(*graph), 55u);
  EXPECT_EQ(count<GroupConvolution>(*graph), 33u);
  EXPECT_EQ(count<Clamp>(*graph), 59u);
  EXPECT_EQ(count<Binary>(*graph), 2u + 88u + 10u) << "image, biases, residual additions";
  EXPECT_EQ(count<DetectionOutput>(*graph), 1u);
}

// ---- the same graph as other exporters would have written it -------------------------------------------------------
using Rewrite = void (*)(proto::GraphDef&);

void rename_all(proto::GraphDef& graph) {
  std::map<std::string, std::string> names;
  for (const auto& node : graph.node()) names.emplace(node.name(), "n" + std::to_string((names.size() * 7919) % 1000003));
  for (auto& node : *graph.mutable_node()) {
    node.set_name(names.at(node.name()));
    for (std::string& input : *node.mutable_input()) {
      const bool control = input.starts_with('^');
      const std::string name = input.substr(control, input.find(':') - control);
      input = (control ? "^" : "") + names.at(name) + (input.find(':') == std::string::npos ? "" : input.substr(input.find(':')));
    }
  }
}

bool is_default(const proto::Attribute& attribute) {
  const auto& [key, value] = std::pair(attribute.key(), attribute.value());
  if (key == "data_format") return value.s() == "NHWC";
  if (key == "dilations") return std::ranges::all_of(value.list().i(), [](std::int64_t i) { return i == 1; });
  if (key == "axis" || key.ends_with("_mask")) return value.i() == 0;
  if (key == "out_type" || key == "Tidx" || key == "Tshape" || key == "Tperm" || key == "Tdim") return value.type() == 3;
  if (key == "align_corners" || key == "is_constant") return !value.b();
  return key == "_class" || key == "use_cudnn_on_gpu" || key == "validate_indices";
}

void strip_defaults(proto::GraphDef& graph) {
  for (auto& node : *graph.mutable_node()) {
    auto& attributes = *node.mutable_attr();
    attributes.erase(std::remove_if(attributes.begin(), attributes.end(), is_default), attributes.end());
  }
}

void modernise(proto::GraphDef& graph) {
  const float numbers[]{-HUGE_VALF, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    proto::NodeDef& node = *graph.add_node();
    node.set_name(i == 0 ? "lowest_score" : "no_sigma");
    node.set_op("Const");
    proto::Attribute& attribute = *node.add_attr();
    attribute.set_key("value");
    attribute.mutable_value()->mutable_tensor()->set_dtype(1);
    attribute.mutable_value()->mutable_tensor()->add_float_val(numbers[i]);
  }
  for (auto& node : *graph.mutable_node()) {
    if (node.op() == "Add") node.set_op("AddV2");
    if (node.op() == "FusedBatchNorm") node.set_op("FusedBatchNormV3");
    if (node.op() != "NonMaxSuppressionV2") continue;
    node.set_op("NonMaxSuppressionV5");
    node.add_input("lowest_score");
    node.add_input("no_sigma");
  }
}

void reverse(proto::GraphDef& graph) { std::reverse(graph.mutable_node()->begin(), graph.mutable_node()->end()); }

// The structure without names, and the weights.
bool are_alike(const Graph& a, const Graph& b) {
  return std::ranges::equal(a.nodes(), b.nodes(), [](const Node& x, const Node& y) {
    if (type_name(x.op) != type_name(y.op) || x.inputs != y.inputs || x.outputs != y.outputs) return false;
    const auto *p = std::get_if<Constant>(&x.op), *q = std::get_if<Constant>(&y.op);
    return !p || std::ranges::equal(p->value.bytes(), q->value.bytes());
  });
}

TEST(RealTensorflowGraphs, SsdLiteIsTheSameInOtherWords) {
  if (!std::filesystem::exists(kSsdLite)) GTEST_SKIP() << "no " << kSsdLite;
  const auto original = read_text(kSsdLite);
  ASSERT_TRUE(original.ok());
  const auto first = import_tensorflow(std::as_bytes(std::span(*original)));
  ASSERT_TRUE(first.ok()) << first.error().message;
  proto::GraphDef graph;
  ASSERT_TRUE(graph.ParseFromString(*original));
  for (const auto& [what, rewrite] : std::initializer_list<std::pair<const char*, Rewrite>>{
           {"modernise", modernise}, {"strip defaults", strip_defaults}, {"rename", rename_all}, {"reverse", reverse}}) {
    rewrite(graph);
    const std::string bytes = graph.SerializeAsString();
    const auto again = import_tensorflow(std::as_bytes(std::span(bytes)));
    ASSERT_TRUE(again.ok()) << what << ": " << again.error().message;
    EXPECT_TRUE(are_alike(first->graph, again->graph)) << what;
  }
}

}  // namespace
}  // namespace octet::tensorflow
