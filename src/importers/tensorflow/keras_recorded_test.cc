// A small YOLO that Keras wrote as a frozen graph, as a SavedModel and, with quantized weights, as a TensorFlow.js graph model, against
// what TensorFlow computes: tests/testdata/tiny_keras_yolo.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "formats/npz/npz.h"
#include "formats/tensorflow/graph_def.pb.h"
#include "graph/evaluate.h"
#include "importers/importer.h"
#include "importers/tensorflow/import.h"

namespace octet::tensorflow {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = OCTET_SOURCE_DIR "/tests/testdata/tiny_keras_yolo";
const ModelInfo kAnchors = {{"anchors", "10 14 23 27 37 58 81 82"}, {"masks", "0 1 2 3"}};

// [1,H,W,3], RGB, 0..1 as [1,3,H,W], BGR, 0..255.
Tensor image_of(const Tensor& input) {
  const std::vector<float> values = to_vector<float>(input);
  Tensor image(ElementType::kF32, {1, 3, input.shape()[1], input.shape()[2]});
  const auto planes = image.mutable_values<float>();
  const std::size_t cells = planes.size() / 3;
  for (std::size_t i = 0; i < planes.size(); ++i) planes[i] = values[i % cells * 3 + 2 - i / cells] * 255;
  return image;
}

// `found` is NCHW, `recorded` NHWC.
void expect_head(const Tensor& found, const Tensor& recorded) {
  const Shape& nchw = found.shape();
  ASSERT_EQ(recorded.shape(), (Shape{nchw[0], nchw[2], nchw[3], nchw[1]}));
  const auto values = found.values<float>();
  const std::vector<float> expected = to_vector<float>(recorded);
  const auto channels = static_cast<std::size_t>(nchw[1]), cells = values.size() / channels;
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i % cells * channels + i / cells], 1e-5) << "at " << i;
}

void expect_recorded_heads(const fs::path& source, const std::string& suffix) {
  const auto recorded = read_npz(kFolder / "reference.npz");
  ASSERT_TRUE(recorded.ok()) << recorded.error().message;
  std::vector<std::string> warnings;
  const auto model = import_model(source, {.model_info = kAnchors, .warn = [&](std::string_view text) { warnings.emplace_back(text); }});
  ASSERT_TRUE(model.ok()) << model.error().message;
  const auto outputs = evaluate(model->graph, {{"image_tensor", image_of(recorded->at("image"))}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  ASSERT_EQ(outputs->size(), 2u);
  expect_head(outputs->at("coarse"), recorded->at("coarse" + suffix));
  expect_head(outputs->at("fine"), recorded->at("fine" + suffix));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("octet feeds it RGB divided by 255"), std::string::npos) << warnings[0];

  const auto& head = std::get<YoloHead>(model->description.head);
  ASSERT_EQ(head.outputs.size(), 2u);
  for (const YoloOutput& output : head.outputs) {
    EXPECT_EQ(output.classes, 3);
    EXPECT_EQ(output.anchors[0].width, output.output == "fine" ? 10 : 37) << "the finest grid has the first masks";
  }
  EXPECT_EQ(model->description.resize, ResizeKind::kStretch);
  EXPECT_EQ(model->description.input.width, 48);
}

TEST(KerasRecorded, FrozenGraph) { expect_recorded_heads(kFolder / "frozen.pb", ""); }
TEST(KerasRecorded, SavedModel) { expect_recorded_heads(kFolder / "saved_model", ""); }
TEST(KerasRecorded, SavedModelByItsFile) { expect_recorded_heads(kFolder / "saved_model" / "saved_model.pb", ""); }
TEST(KerasRecorded, TensorflowJsWithQuantizedWeights) { expect_recorded_heads(kFolder / "tensorflow_js" / "model.json", "_quantized"); }

TEST(KerasRecorded, ModelsAreNamedAndKnowTheirWeights) {
  const auto saved = import_model(kFolder / "saved_model" / "", {.model_info = kAnchors});
  ASSERT_TRUE(saved.ok()) << saved.error().message;
  EXPECT_EQ(saved->description.name, "saved_model");
  ASSERT_EQ(saved->weights.size(), 1u);
  EXPECT_EQ(saved->weights[0].filename(), "variables.data-00000-of-00001");
  const auto graph_model = import_model(kFolder / "tensorflow_js" / "model.json", {.model_info = kAnchors});
  ASSERT_TRUE(graph_model.ok()) << graph_model.error().message;
  EXPECT_EQ(graph_model->weights.size(), 2u);
}

// ---- what a person has to say --------------------------------------------------------------------------------------
Error error_with(const ModelInfo& info) {
  const auto model = import_model(kFolder / "frozen.pb", {.model_info = info});
  return model.ok() ? Error{ErrorCode::kInternal, "(imported)"} : model.error();
}

TEST(KerasYolo, AsksForAnchors) {
  const Error error = error_with({});
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_NE(error.message.find("coarse [1,16,4,6], fine [1,16,8,12]"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("does not tell their anchors"), std::string::npos) << error.message;
}

TEST(KerasYolo, TakesOctetsOwnKey) {
  const std::string fine = R"([{"output": "fine", "anchors": [1, 2, 3, 4], "classes": 3, "scale_x_y": 1.05}])";
  const auto model = import_model(kFolder / "frozen.pb", {.model_info = {{"octet_heads", fine}}});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(std::get<YoloHead>(model->description.head).outputs[0].scale_x_y, 1.05f);
  const Error error = error_with({{"octet_heads", R"([{"output": "none", "anchors": [1, 2], "classes": 3}])"}});
  EXPECT_NE(error.message.find("octet_heads names 'none', but the heads are coarse"), std::string::npos) << error.message;
}

TEST(KerasYolo, GivesHeadsWithoutANameToTheGridsTheLargestFirst) {
  const std::string heads = R"([{"anchors": [1, 2, 3, 4], "classes": 3, "kind": "region"}, {"anchors": [5, 6, 7, 8], "classes": 3}])";
  const auto model = import_model(kFolder / "frozen.pb", {.model_info = {{"octet_heads", heads}}});
  ASSERT_TRUE(model.ok()) << model.error().message;
  const auto& outputs = std::get<YoloHead>(model->description.head).outputs;
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].output, "fine");
  EXPECT_EQ(outputs[0].kind, YoloOutput::Kind::kRegion);
  EXPECT_EQ(outputs[1].output, "coarse");
  const Error error = error_with({{"octet_heads", R"([{"anchors": [1, 2], "classes": 3}])"}});
  EXPECT_NE(error.message.find("octet_heads names '', but the heads are coarse"), std::string::npos) << error.message;
}

TEST(KerasYolo, RefusesAnchorsThatDoNotFit) {
  const auto with = [](const std::string& anchors, const std::string& masks) {
    const Error error = error_with({{"anchors", anchors}, {"masks", masks}});
    EXPECT_EQ(error.code, ErrorCode::kMalformed) << error.message;
    return error.message;
  };
  EXPECT_NE(with("1 2 3", "0 0").find("anchors is '1 2 3', expected pairs of positive numbers"), std::string::npos);
  EXPECT_NE(with("1 x", "0 0").find("expected numbers with blanks between them"), std::string::npos);
  EXPECT_NE(with("1 -2", "0 0").find("expected pairs"), std::string::npos);
  EXPECT_NE(with("1 2", "0 1").find("masks is '0 1', expected places in the list of anchors"), std::string::npos);
  EXPECT_NE(with("1 2", "0 0 0").find("masks has 3 numbers for 2 heads"), std::string::npos);
  EXPECT_NE(with("1 2", "0 0 0 0 0 0").find("16 channels, which is not anchors x (5 + classes)"), std::string::npos);
}

// A copy of the frozen graph whose placeholder and nodes are changed.
template <typename Change>
Result<ImportedModel> import_changed(const ModelInfo& info, const Change& change) {
  OCTET_ASSIGN(const std::string bytes, read_text(kFolder / "frozen.pb"));
  proto::GraphDef graph;
  EXPECT_TRUE(graph.ParseFromString(bytes));
  change(graph);
  const std::string changed = graph.SerializeAsString();
  return import_tensorflow(std::as_bytes(std::span(changed)), {.model_info = info});
}

void open_size(proto::GraphDef& graph) {
  for (proto::NodeDef& node : *graph.mutable_node())
    for (proto::Attribute& attribute : *node.mutable_attr())
      if (node.op() == "Placeholder" && attribute.key() == "shape")
        for (auto& dim : *attribute.mutable_value()->mutable_shape()->mutable_dim())
          if (dim.size() != 3) dim.set_size(-1);
}

TEST(KerasYolo, TakesTheSizeThatTheGraphLeavesOpen) {
  ModelInfo info = kAnchors;
  const auto unknown = import_changed(info, open_size);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("give it in a description (model_info: orig_width and orig_height)"), std::string::npos)
      << unknown.error().message;
  info["orig_width"] = "48";
  info["orig_height"] = "32";
  const auto model = import_changed(info, open_size);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->description.input.width, 48);
  EXPECT_EQ(model->description.input.height, 32);
}

// The graph is still one, but nobody can tell whether it ended there.
TEST(KerasYolo, RefusesAGraphThatMayBeCutShort) {
  const auto model = import_changed(kAnchors, [](proto::GraphDef& graph) { graph.clear_versions(); });
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace octet::tensorflow
