#include "importers/tensorflow/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <unistd.h>
#include <filesystem>
#include <cmath>

#include "base/files.h"
#include "graph/evaluate.h"
#include "importers/tensorflow/tiny_ssd.h"

namespace octet::tensorflow {
namespace {

using Norm = TinySsd::Norm;

std::filesystem::path temporary_file(const std::string& bytes) {
  const auto name = std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".pb";
  const auto path = std::filesystem::temp_directory_path() / ("octet_tf_" + std::to_string(::getpid()) + "_" + name);
  EXPECT_TRUE(write_file(path, std::string_view(bytes)).ok());
  return path;
}

Result<ImportedModel> import_model(const std::string& bytes) {
  const auto path = temporary_file(bytes);
  auto model = import_tensorflow(path);
  std::filesystem::remove(path);
  return model;
}

Result<Graph> import_bytes(const std::string& bytes) {
  OCTET_ASSIGN(ImportedModel model, import_model(bytes));
  return std::move(model.graph);
}

ModelDescription describe_tiny(const TinySsd& options) {
  const auto model = import_model(TinySsdWriter(options).graph().bytes());
  EXPECT_TRUE(model.ok()) << model.error().message;
  return model.ok() ? model->description : ModelDescription{};
}

Result<Graph> import_tiny(const TinySsd& options) { return import_bytes(TinySsdWriter(options).graph().bytes()); }

std::string error_of(const Result<Graph>& graph) { return graph.ok() ? "(imported)" : graph.error().message; }

TEST(ImportTensorflow, RefusesWeightsThatAreNoNumbers) {
  const TinySsd options;
  const std::vector<float> weights = tiny_backbone(options)[0].weights;
  std::string bytes = TinySsdWriter(options).graph().bytes();
  const std::size_t place = bytes.find(std::string(reinterpret_cast<const char*>(weights.data()), weights.size() * sizeof(float)));
  ASSERT_NE(place, std::string::npos);
  ASSERT_TRUE(import_bytes(bytes).ok());
  bytes.replace(place + 8, 4, "\xff\xff\xff\xff");
  EXPECT_NE(error_of(import_bytes(bytes)).find("its values are not all numbers"), std::string::npos) << error_of(import_bytes(bytes));
}

template <typename T>
std::vector<const T*> all_of(const Graph& graph) {
  std::vector<const T*> found;
  for (const Node& node : graph.nodes())
    if (const T* op = std::get_if<T>(&node.op)) found.push_back(op);
  return found;
}

// ---- the detector computed plainly, in TensorFlow's layout ---------------------------------------------------------
struct Picture {
  std::int64_t height, width, channels;
  std::vector<double> values;
  double at(std::int64_t y, std::int64_t x, std::int64_t c) const {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
};

double tap(const TinyConvolution& c, const Picture& in, std::int64_t top, std::int64_t left, std::int64_t o) {
  double sum = 0;
  const std::int64_t multiplier = c.depthwise ? c.outputs / c.inputs : 1;
  for (std::int64_t ky = 0; ky < c.kernel; ++ky)
    for (std::int64_t kx = 0; kx < c.kernel; ++kx) {
      if (top + ky < 0 || left + kx < 0 || top + ky >= in.height || left + kx >= in.width) continue;
      const std::int64_t cell = ky * c.kernel + kx;
      if (c.depthwise)
        sum += in.at(top + ky, left + kx, o / multiplier) * c.weights[static_cast<std::size_t>(cell * c.outputs + o)];
      else
        for (std::int64_t i = 0; i < c.inputs; ++i)
          sum += in.at(top + ky, left + kx, i) * c.weights[static_cast<std::size_t>((cell * c.inputs + i) * c.outputs + o)];
    }
  return sum;
}

Picture convolve(const TinyConvolution& c, const Picture& in, bool layer) {
  Picture out{(in.height + c.stride - 1) / c.stride, (in.width + c.stride - 1) / c.stride, c.outputs, {}};
  const auto lead = [&](std::int64_t size, std::int64_t count) {
    return std::max<std::int64_t>(0, (count - 1) * c.stride + c.kernel - size) / 2;
  };
  for (std::int64_t y = 0; y < out.height; ++y)
    for (std::int64_t x = 0; x < out.width; ++x)
      for (std::int64_t o = 0; o < c.outputs; ++o) {
        const double sum = tap(c, in, y * c.stride - lead(in.height, out.height), x * c.stride - lead(in.width, out.width), o);
        const auto channel = static_cast<std::size_t>(o);
        out.values.push_back(layer ? std::clamp(sum * c.scale[channel] + c.offset[channel], 0.0, 6.0) : sum + c.offset[channel]);
      }
  return out;
}

struct Predictions {
  std::vector<double> codes, logits;
};

Predictions predict(const TinySsd& options, const Picture& rgb) {
  Picture x = rgb;
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = x.values[i] * 2 / 255 - (1 - 0.1 * static_cast<double>(i % 3));
  const auto backbone = tiny_backbone(options);
  x = convolve(backbone[2], convolve(backbone[1], convolve(backbone[0], x, true), true), true);
  const Picture maps[]{x, convolve(backbone[3], x, true)};
  Predictions all;
  for (std::size_t map = 0; map < 2; ++map) {
    const auto codes = convolve(tiny_predictor(map, true), maps[map], false).values;
    const auto logits = convolve(tiny_predictor(map, false, options.background), maps[map], false).values;
    all.codes.insert(all.codes.end(), codes.begin(), codes.end());
    all.logits.insert(all.logits.end(), logits.begin(), logits.end());
  }
  return all;
}

Picture test_picture() {
  Picture rgb{kTinyHeight, kTinyWidth, 3, {}};
  for (const float v : tiny_numbers(static_cast<std::size_t>(kTinyHeight * kTinyWidth * 3), 0.3))
    rgb.values.push_back(std::round(127 + 127 * v));
  return rgb;
}

Tensor bgr_planes(const Picture& rgb) {
  Tensor planes(ElementType::kF32, {1, 3, rgb.height, rgb.width});
  std::size_t at = 0;
  for (std::int64_t c = 2; c >= 0; --c)
    for (std::int64_t i = 0; i < rgb.height * rgb.width; ++i)
      planes.mutable_values<float>()[at++] = static_cast<float>(rgb.values[static_cast<std::size_t>(i * 3 + c)]);
  return planes;
}

std::vector<float> computed(const Graph& source, const std::string& node) {
  Graph graph = source;
  graph.emit(Output{}, {Value{graph.find(node), 0}}, "wanted");
  auto outputs = evaluate(graph, {{"image_tensor", bgr_planes(test_picture())}});
  EXPECT_TRUE(outputs.ok()) << (outputs.ok() ? "" : outputs.error().message);
  return outputs.ok() ? to_vector<float>(outputs->at("wanted")) : std::vector<float>{};
}

void expect_near(const std::vector<float>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], tolerance) << i;
}

// Codes in the graph's order x, y, w, h; TensorFlow's is y, x, h, w.
std::vector<double> xy_codes(const std::vector<double>& codes) {
  std::vector<double> turned;
  for (std::size_t i = 0; i < codes.size(); i += 4) turned.insert(turned.end(), {codes[i + 1], codes[i], codes[i + 3], codes[i + 2]});
  return turned;
}

void expect_computes(const TinySsd& options) {
  const auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  const Predictions expected = predict(options, test_picture());
  expect_near(computed(*graph, "box_codes"), xy_codes(expected.codes), 2e-4);
  std::vector<double> logits = expected.logits;
  for (double& logit : logits) logit *= options.logit_scale;
  expect_near(computed(*graph, "class_logits"), logits, 2e-4);
}

// ---- what it computes ----------------------------------------------------------------------------------------------
TEST(ImportTensorflow, ComputesThePredictionsForEverySpellingOfBatchNorm) {
  for (const Norm norm : {Norm::kSpelledOut, Norm::kFused, Norm::kFusedV3, Norm::kFolded}) {
    TinySsd options;
    options.norm = norm;
    expect_computes(options);
  }
}

TEST(ImportTensorflow, TakesAFirstLayerThatIsDepthwise) {
  TinySsd options;
  options.depthwise_first = true;
  expect_computes(options);
}

TEST(ImportTensorflow, KnowsUpsamplingInEverySpelling) {
  for (const std::string spelling : {"ResizeNearestNeighbor", "Reshape", "Pack"}) {
    TinySsd options;
    options.upsampling = spelling;
    expect_computes(options);
    const auto graph = import_tiny(options);
    ASSERT_TRUE(graph.ok());
    EXPECT_EQ(all_of<Interpolate>(*graph).size(), 1u) << spelling;
  }
}

TEST(ImportTensorflow, PutsTheScaleOfLogitsIntoTheWeights) {
  TinySsd options;
  options.logit_scale = 0.5f;
  expect_computes(options);
}

TEST(ImportTensorflow, MakesTheSameGraphOfEveryExporterVersion) {
  const auto first = import_tiny({});
  ASSERT_TRUE(first.ok()) << error_of(first);
  const ModelDescription description = describe_tiny({});
  for (const int version : {1, 2, 3, 4, 5})
    for (const bool gather_v2 : {false, true})
      for (const bool loops : {false, true}) {
        TinySsd options;
        options.suppression = version;
        options.gather_v2 = gather_v2;
        options.loops = loops;
        options.add = gather_v2 ? "AddV2" : "Add";
        const auto graph = import_tiny(options);
        ASSERT_TRUE(graph.ok()) << error_of(graph);
        EXPECT_EQ(dump(*graph), dump(*first));
        EXPECT_EQ(describe_tiny(options), description);
      }
}

TEST(ImportTensorflow, FoldsBatchNormsAway) {
  TinySsd options;
  options.norm = Norm::kSpelledOut;
  const auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  EXPECT_EQ(all_of<Convolution>(*graph).size(), 7u);
  EXPECT_EQ(all_of<GroupConvolution>(*graph).size(), 1u);
  EXPECT_EQ(all_of<Clamp>(*graph).size(), 4u);
  std::size_t multiplies = 0;
  for (const Binary* binary : all_of<Binary>(*graph)) multiplies += binary->kind == BinaryKind::kMultiply;
  EXPECT_EQ(multiplies, 1u) << "only the scale of the image is left";
}

TEST(ImportTensorflow, PadsTheOddPixelAtTheEnd) {
  const auto graph = import_tiny({});
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  const Convolution& stem = *all_of<Convolution>(*graph).front();
  EXPECT_EQ(stem.pads.begin, (Spatial{0, 0}));
  EXPECT_EQ(stem.pads.end, (Spatial{1, 1}));
}

// ---- what it understood --------------------------------------------------------------------------------------------
TEST(ImportTensorflow, HasOneImageInAndBoxesOut) {
  const auto graph = import_tiny({});
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  ASSERT_EQ(graph->parameters().size(), 1u);
  EXPECT_EQ(graph->node(graph->parameters()[0]).name, "image_tensor");
  EXPECT_EQ(graph->shape({graph->parameters()[0], 0}), (Shape{1, 3, kTinyHeight, kTinyWidth}));
  ASSERT_EQ(graph->outputs().size(), 1u);
  EXPECT_EQ(graph->node(graph->outputs()[0]).name, "detection_out");
  EXPECT_EQ(graph->shape({graph->outputs()[0], 0}), (Shape{1, 1, 10, 7}));
}

TEST(ImportTensorflow, ReadsTheLimitsOfTheSuppression) {
  TinySsd options;
  options.overlap = 0.45f;
  options.threshold = 1e-8f;
  const auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  const DetectionOutput& output = *all_of<DetectionOutput>(*graph).front();
  EXPECT_EQ(output.nms_threshold, 0.45f);
  EXPECT_EQ(output.keep_top_k, 10);
  EXPECT_EQ(output.top_k, 40);
  EXPECT_EQ(output.background_label, 0);
  EXPECT_TRUE(output.clip_before_nms);
  EXPECT_FALSE(output.clip_after_nms);
  EXPECT_FALSE(output.variance_encoded_in_target);
  EXPECT_EQ(describe_tiny(options).suppression, (Suppression{0.45f, 0}));
  EXPECT_EQ(describe_tiny(options).confidence_threshold, 1e-8f);
}

TEST(ImportTensorflow, SeesThatBoxesAreClippedAfterSuppression) {
  TinySsd options;
  options.clips_first = false;
  options.suppression = 3;
  const auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  EXPECT_FALSE(all_of<DetectionOutput>(*graph).front()->clip_before_nms);
  EXPECT_TRUE(all_of<DetectionOutput>(*graph).front()->clip_after_nms);
  EXPECT_EQ(describe_tiny(options).clip, Clip::kNever);
}

TEST(ImportTensorflow, RecognisesAnchorsAroundCellCentres) {
  const auto graph = import_tiny({});
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  const auto priors = all_of<PriorBoxClustered>(*graph);
  ASSERT_EQ(priors.size(), 2u);
  EXPECT_NEAR(priors[0]->heights[0], 0.25 * kTinyHeight, 1e-4);
  EXPECT_NEAR(priors[0]->widths[0], 0.4 * kTinyWidth, 1e-4);
  EXPECT_NEAR(priors[1]->heights[1], 0.75 * kTinyHeight, 1e-4);
  EXPECT_EQ(priors[0]->variances, (std::vector<float>{0.1f, 0.1f, 0.2f, 0.2f}));
}

TEST(ImportTensorflow, KeepsOtherAnchorsAsTheyAre) {
  TinySsd options;
  options.anchor_shift = 0.01f;
  const auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  EXPECT_TRUE(all_of<PriorBoxClustered>(*graph).empty());
  const std::vector<float> priors = computed(*graph, "Priors"), anchors = tiny_anchors(0.01f);
  ASSERT_EQ(priors.size(), 2 * anchors.size());
  for (std::size_t i = 0; i < anchors.size(); i += 4) {
    EXPECT_NEAR(priors[i], anchors[i + 1], 1e-6);
    EXPECT_NEAR(priors[i + 1], anchors[i], 1e-6);
    EXPECT_NEAR(priors[i + 2], anchors[i + 3], 1e-6);
    EXPECT_NEAR(priors[i + 3], anchors[i + 2], 1e-6);
  }
}

TEST(ImportTensorflow, AnchorsAreTheSameEitherWay) {
  const auto graph = import_tiny({});
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  const std::vector<float> priors = computed(*graph, "Priors"), anchors = tiny_anchors(0);
  ASSERT_EQ(priors.size(), 2 * anchors.size());
  for (std::size_t i = 0; i < anchors.size(); ++i) EXPECT_NEAR(priors[i], anchors[i ^ 1], 1e-6);
}

TEST(ImportTensorflow, KnowsTheScoreConverters) {
  TinySsd options;
  options.score = "Softmax";
  auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  ASSERT_EQ(all_of<SoftMax>(*graph).size(), 1u);
  EXPECT_EQ(all_of<SoftMax>(*graph)[0]->axis, 2);
  options.score = "Identity";
  graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  EXPECT_TRUE(all_of<SoftMax>(*graph).empty());
  EXPECT_TRUE(all_of<Unary>(*graph).empty());
  options.score = "Tanh";
  EXPECT_NE(error_of(import_tiny(options)).find("sigmoid, softmax or none"), std::string::npos) << error_of(import_tiny(options));
}

TEST(ImportTensorflow, KnowsAModelWithoutBackground) {
  TinySsd options;
  options.background = false;
  const auto graph = import_tiny(options);
  ASSERT_TRUE(graph.ok()) << error_of(graph);
  EXPECT_EQ(all_of<DetectionOutput>(*graph).front()->background_label, -1);
  expect_computes(options);
}

TEST(ImportTensorflow, DescribesTheModel) {
  ModelDescription expected;
  expected.name = describe_tiny({}).name;
  expected.input = {24, 32};
  expected.resize = ResizeKind::kStretchTf1;
  expected.head = DetectionOutputHead{.has_background = true, .classes = kTinyClasses};
  expected.suppression.iou_limit = 0.6f;
  expected.confidence_threshold = 0.3f;
  EXPECT_EQ(describe_tiny({}), expected);
}

// ---- what it refuses -----------------------------------------------------------------------------------------------
void expect_refused(const Result<Graph>& graph, ErrorCode code, const std::vector<std::string>& words) {
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(static_cast<int>(graph.error().code), static_cast<int>(code)) << graph.error().message;
  EXPECT_EQ(graph.error().message.find('\n'), std::string::npos);
  EXPECT_NE(graph.error().message.find(".pb"), std::string::npos) << "no file in: " << graph.error().message;
  for (const std::string& word : words)
    EXPECT_NE(graph.error().message.find(word), std::string::npos) << word << " in: " << graph.error().message;
}

TEST(ImportTensorflow, NamesAnUnknownOperation) {
  TinySsdWriter tiny({});
  tiny.graph().find("stem/relu").set_op("Relx6");
  expect_refused(import_bytes(tiny.graph().bytes()), ErrorCode::kUnsupported, {"Relx6", "'stem/relu'"});
}

TEST(ImportTensorflow, RefusesWhatIsNoDetector) {
  GraphWriter g;
  g.node("Identity", "out", {g.scalar("x", 1)});
  expect_refused(import_bytes(g.bytes()), ErrorCode::kUnsupported, {"NonMaxSuppression"});
}

// An attribute of every kind that layers have, each made one of another kind: none is read as TensorFlow's default.
TEST(ImportTensorflow, RefusesAnAttributeOfAnotherKind) {
  const struct {
    const char *op, *attribute, *expected;
  } cases[] = {{"Conv2D", "strides", "a list of whole numbers"},
               {"Conv2D", "padding", "text"},
               {"Conv2D", "data_format", "text"},
               {"DepthwiseConv2dNative", "dilations", "a list of whole numbers"},
               {"FusedBatchNorm", "epsilon", "a number"},
               {"ResizeBilinear", "half_pixel_centers", "true or false"}};
  for (const auto& [op, attribute, expected] : cases) {
    TinySsd options;
    options.norm = Norm::kFused;
    TinySsdWriter writer(options);
    std::string name;
    for (proto::NodeDef& node : *writer.graph().graph().mutable_node())
      if (node.op() == op && name.empty()) {
        name = node.name();
        GraphWriter::attribute(node, attribute).set_type(1);
      }
    const std::string expected_error =
        "node '" + name + "' (" + op + "): attribute '" + attribute + "' is a type where " + expected + " is expected";
    const std::string error = error_of(import_bytes(writer.graph().bytes()));
    EXPECT_NE(error.find(expected_error), std::string::npos) << error << "\nexpected " << expected_error;
  }
}

TEST(ImportTensorflow, RefusesAGraphThatIsNotFrozen) {
  TinySsdWriter tiny({});
  tiny.graph().find("stem/weights").set_op("VariableV2");
  expect_refused(import_bytes(tiny.graph().bytes()), ErrorCode::kUnsupported, {"stem/weights", "not frozen"});
}

TEST(ImportTensorflow, RefusesAnImageOfVaryingSize) {
  TinySsd options;
  options.fixed_size = false;
  expect_refused(import_tiny(options), ErrorCode::kUnsupported, {"resize/Bilinear", "fixed_shape_resizer"});
}

TEST(ImportTensorflow, RefusesAnotherBoxCoder) {
  TinySsd options;
  options.exp = "Tanh";
  expect_refused(import_tiny(options), ErrorCode::kUnsupported, {"decodes boxes"});
}

TEST(ImportTensorflow, RefusesSoftSuppression) {
  TinySsd options;
  options.suppression = 5;
  options.soft_sigma = 0.5f;
  expect_refused(import_tiny(options), ErrorCode::kUnsupported, {"soft"});
}

TEST(ImportTensorflow, RefusesThresholdsThatDifferBetweenClasses) {
  TinySsdWriter tiny({});
  const float other = 0.9f;
  for (auto& attribute : *tiny.graph().find("nms_1/iou_threshold").mutable_attr())
    if (attribute.key() == "value") attribute.mutable_value()->mutable_tensor()->set_tensor_content(&other, sizeof other);
  expect_refused(import_bytes(tiny.graph().bytes()), ErrorCode::kUnsupported, {"nms_1/best", "thresholds"});
}

TEST(ImportTensorflow, NamesAMissingFile) {
  const auto model = import_tensorflow("/nowhere/frozen.pb");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kNotFound);
  EXPECT_NE(model.error().message.find("/nowhere/frozen.pb"), std::string::npos);
}

TEST(ImportTensorflow, RefusesAFileCutAnywhere) {
  const std::string whole = TinySsdWriter({}).graph().bytes();
  expect_refused(import_bytes(""), ErrorCode::kMalformed, {"empty"});
  for (std::size_t size = 1; size < whole.size(); size += 1 + size / 40) {
    const auto graph = import_bytes(whole.substr(0, size));
    ASSERT_FALSE(graph.ok()) << size << " of " << whole.size();
    EXPECT_EQ(graph.error().message.find('\n'), std::string::npos);
  }
}

TEST(ImportTensorflow, RefusesFlippedBytesOrImportsThem) {
  const std::string whole = TinySsdWriter({}).graph().bytes();
  std::uint32_t random = 12345;
  for (int round = 0; round < 400; ++round) {
    std::string changed = whole;
    for (int i = 0; i < 3; ++i) {
      random = random * 1664525u + 1013904223u;
      changed[(random >> 8) % changed.size()] = static_cast<char>(random >> 3);
    }
    const auto graph = import_bytes(changed);
    EXPECT_TRUE(graph.ok() || !graph.error().message.empty());
  }
}

TEST(ImportTensorflow, DoesNotDependOnTheOrderOfNodes) {
  TinySsdWriter tiny({});
  const auto first = import_bytes(tiny.graph().bytes());
  auto& nodes = *tiny.graph().graph().mutable_node();
  std::reverse(nodes.begin(), nodes.end());
  const auto second = import_bytes(tiny.graph().bytes());
  ASSERT_TRUE(first.ok() && second.ok()) << error_of(second);
  EXPECT_EQ(dump(*first), dump(*second));
}

}  // namespace
}  // namespace octet::tensorflow
