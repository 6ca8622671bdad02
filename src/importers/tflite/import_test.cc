#include "importers/tflite/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <flatbuffers/flexbuffers.h>

#include "formats/tflite/model_writer_for_test.h"
#include "graph/evaluate.h"
#include "importers/tflite/translate.h"

namespace octet::tflite {
namespace {

constexpr auto code(BuiltinOperator op) { return static_cast<std::int32_t>(op); }

Result<Translation> translated(const ModelWriter& writer) {
  auto model = parse_copy(writer.bytes());
  if (!model.ok()) return model.error();
  return translate(*model);
}

void expect_refused(const ModelWriter& writer, ErrorCode expected, const std::string& words) {
  const auto found = translated(writer);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, expected) << found.error().message;
  EXPECT_NE(found.error().message.find(words), std::string::npos) << found.error().message;
}

// A picture [1,4,4,3] and what an operator makes of it: y of a shape.
struct OneOperator : ModelWriter {
  std::int32_t x, y;
  explicit OneOperator(std::vector<std::int32_t> shape = {1, 4, 4, 3})
      : x(add_tensor("x", StoredType::FLOAT32, {1, 4, 4, 3})), y(add_tensor("y", StoredType::FLOAT32, std::move(shape))) {
    graph().inputs = {x};
    graph().outputs = {y};
  }
};

schema::Conv2DOptionsT convolution_options() {
  schema::Conv2DOptionsT options;
  options.stride_h = options.stride_w = 1;
  return options;
}

OneOperator convolution_with(std::vector<std::int32_t> weights, const schema::Conv2DOptionsT& options = convolution_options()) {
  OneOperator writer;
  std::size_t count = 1;
  for (const std::int32_t size : weights) count *= static_cast<std::size_t>(size);
  const auto w = writer.add_constant<float>("w", StoredType::FLOAT32, std::move(weights), std::vector<float>(count, 0.5f));
  writer.add_operator(code(BuiltinOperator::CONV_2D), {writer.x, w}, {writer.y}, options);
  return writer;
}

TEST(TfliteImport, TakesPixelsAsPlanesAndGivesThemBackAsTheFileDoes) {
  OneOperator writer;
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  const auto found = translated(writer);
  ASSERT_TRUE(found.ok()) << found.error().message;
  const Graph& graph = found->graph;
  EXPECT_EQ(graph.shape({graph.find("x"), 0}), (Shape{1, 3, 4, 4}));
  EXPECT_EQ(graph.shape({graph.find("y"), 0}), (Shape{1, 4, 4, 3}));
}

TEST(TfliteImport, LeavesOutWhatNoOutputNeeds) {
  OneOperator writer;
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  writer.add_operator(code(BuiltinOperator::WHERE), {writer.x}, {writer.add_tensor("places", StoredType::INT64, {1, 4})});
  EXPECT_TRUE(translated(writer).ok());
}

TEST(TfliteImport, NamesTheOperatorThatItDoesNotKnow) {
  OneOperator writer;
  writer.add_operator(code(BuiltinOperator::SVDF), {writer.x}, {writer.y});
  expect_refused(writer, ErrorCode::kUnsupported, "operator 0 SVDF ('y'): octet does not know this operator");
  OneOperator later;
  later.add_operator(9999, {later.x}, {later.y});
  expect_refused(later, ErrorCode::kUnsupported, "operator 0 of code 9999 ('y')");
  OneOperator custom;
  custom.add_operator(code(BuiltinOperator::CUSTOM), {custom.x}, {custom.y});
  custom.model.operator_codes.back()->custom_code = "Theirs";
  expect_refused(custom, ErrorCode::kUnsupported, "operator 0 Theirs ('y')");
}

TEST(TfliteImport, RefusesCyclesAndOperatorsOutOfOrder) {
  OneOperator cycle;
  const auto between = cycle.add_tensor("between", StoredType::FLOAT32, {1, 4, 4, 3});
  cycle.add_operator(code(BuiltinOperator::ABS), {cycle.y}, {between});
  cycle.add_operator(code(BuiltinOperator::ABS), {between}, {cycle.y});
  expect_refused(cycle, ErrorCode::kMalformed, "reads 'y' before any operator writes it");
  OneOperator itself;
  itself.add_operator(code(BuiltinOperator::ABS), {itself.y}, {itself.y});
  expect_refused(itself, ErrorCode::kMalformed, "reads 'y' before any operator writes it");
}

TEST(TfliteImport, RefusesATensorThatIsWrittenTwice) {
  OneOperator writer;
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  expect_refused(writer, ErrorCode::kMalformed, "operator 1 ABS ('y'): tensor 'y' is written twice");
  OneOperator over_input;
  over_input.add_operator(code(BuiltinOperator::ABS), {over_input.x}, {over_input.x});
  over_input.graph().outputs = {over_input.x};
  expect_refused(over_input, ErrorCode::kMalformed, "is written twice");
}

TEST(TfliteImport, RefusesOutputsThatNothingWrites) {
  OneOperator writer;
  expect_refused(writer, ErrorCode::kMalformed, "output 'y' is written by no operator");
  writer.graph().outputs = {};
  expect_refused(writer, ErrorCode::kMalformed, "has no output");
}

TEST(TfliteImport, RefusesTooFewInputs) {
  OneOperator writer;
  writer.add_operator(code(BuiltinOperator::ADD), {writer.x}, {writer.y});
  expect_refused(writer, ErrorCode::kMalformed, "has 1 inputs, expected 2");
  OneOperator left_out;
  left_out.add_operator(code(BuiltinOperator::ADD), {left_out.x, -1}, {left_out.y});
  expect_refused(left_out, ErrorCode::kMalformed, "lacks input 1");
}

TEST(TfliteImport, RefusesWhatItCannotReadWhereItIsNeeded) {
  OneOperator sparse = convolution_with({3, 3, 3, 3});
  sparse.tensor(2).sparsity = std::make_unique<schema::SparsityParametersT>();
  expect_refused(sparse, ErrorCode::kUnsupported, "operator 0 CONV_2D ('y'): its input 'w' is sparse; convert the model without sparsity");
  OneOperator packed = convolution_with({3, 3, 3, 3});
  packed.tensor(2).type = StoredType::INT4;
  expect_refused(packed, ErrorCode::kUnsupported, "its input 'w' has elements of type INT4");
}

TEST(TfliteImport, RefusesGroupsThatDoNotFit) {
  expect_refused(convolution_with({3, 3, 3, 2}), ErrorCode::kMalformed, "has weights of shape [3,3,3,2] for 3 channels");
  expect_refused(convolution_with({3, 3, 3, 4}), ErrorCode::kMalformed, "for 3 channels");
  expect_refused(convolution_with({4, 3, 3, 1}), ErrorCode::kMalformed, "for 3 channels");
  expect_refused(convolution_with({3, 3, 3}), ErrorCode::kMalformed, "expected four axes");
  OneOperator none;
  const auto w = none.add_tensor("w", StoredType::FLOAT32, {3, 3, 3, 0});
  none.graph().inputs.push_back(w);
  none.add_operator(code(BuiltinOperator::CONV_2D), {none.x, w}, {none.y}, convolution_options());
  expect_refused(none, ErrorCode::kMalformed, "has weights of shape");
}

TEST(TfliteImport, RefusesOptionsOutOfRange) {
  auto options = convolution_options();
  options.stride_w = 0;
  expect_refused(convolution_with({3, 3, 3, 3}, options), ErrorCode::kMalformed, "has strides of 1 and 0");
  options = convolution_options();
  options.dilation_h_factor = -1;
  expect_refused(convolution_with({3, 3, 3, 3}, options), ErrorCode::kMalformed, "dilations of -1");
  options = convolution_options();
  options.padding = static_cast<schema::Padding>(7);
  expect_refused(convolution_with({3, 3, 3, 3}, options), ErrorCode::kMalformed, "has padding 7");
  options = convolution_options();
  options.fused_activation_function = schema::Activation::SIGN_BIT;
  expect_refused(convolution_with({3, 3, 3, 3}, options), ErrorCode::kUnsupported, "its fused activation 5 is not supported");
  OneOperator other;
  other.add_operator(code(BuiltinOperator::SOFTMAX), {other.x}, {other.y}, schema::PackOptionsT{});
  expect_refused(other, ErrorCode::kMalformed, "has the options of another operator");
}

TEST(TfliteImport, RefusesAxesAndSlicesOutOfRange) {
  OneOperator expand;
  const auto axis = expand.add_constant<std::int32_t>("axis", StoredType::INT32, {1}, {-100000});
  expand.add_operator(code(BuiltinOperator::EXPAND_DIMS), {expand.x, axis}, {expand.y});
  expect_refused(expand, ErrorCode::kMalformed, "operator 0 EXPAND_DIMS ('y'): axis -100000 of 5");
  OneOperator slice;
  const auto begin = slice.add_constant<std::int32_t>("begin", StoredType::INT32, {4}, {0, 0, 0, 0});
  const auto end = slice.add_constant<std::int32_t>("end", StoredType::INT32, {4}, {1, 4, 4, 3});
  const auto strides = slice.add_constant<std::int32_t>("strides", StoredType::INT32, {4}, {1, 0, 1, 1});
  slice.add_operator(code(BuiltinOperator::STRIDED_SLICE), {slice.x, begin, end, strides}, {slice.y}, schema::StridedSliceOptionsT{});
  EXPECT_FALSE(translated(slice).ok()) << "a stride of 0 has no end";
  OneOperator reshape;
  const auto shape = reshape.add_constant<std::int32_t>("shape", StoredType::INT32, {2}, {7, -1});
  reshape.add_operator(code(BuiltinOperator::RESHAPE), {reshape.x, shape}, {reshape.y});
  expect_refused(reshape, ErrorCode::kMalformed, "operator 0 RESHAPE ('y')");
}

TEST(TfliteImport, RefusesShapesThatAreComputed) {
  OneOperator writer;
  const auto shape = writer.add_tensor("shape", StoredType::INT32, {2});
  writer.graph().inputs.push_back(shape);
  writer.add_operator(code(BuiltinOperator::RESHAPE), {writer.x, shape}, {writer.y});
  expect_refused(writer, ErrorCode::kUnsupported, "its input 'shape' is computed, octet takes a constant");
}

TEST(TfliteImport, RefusesScalesAlongTheWrongAxis) {
  OneOperator writer;
  const auto w = writer.add_constant<std::int8_t>("w", StoredType::INT8, {3, 3, 3, 3}, std::vector<std::int8_t>(81, 1));
  writer.quantize(w, {1, 1, 1}, {0, 0, 0}, 3);
  writer.add_operator(code(BuiltinOperator::CONV_2D), {writer.x, w}, {writer.y}, convolution_options());
  expect_refused(writer, ErrorCode::kUnsupported, "its weights 'w' are quantized along dimension 3, expected the output channels (0)");
}

TEST(TfliteImport, RefusesComputedTensorsWithScalesAlongAnAxis) {
  OneOperator writer;
  writer.tensor(writer.y).type = StoredType::INT8;
  writer.quantize(writer.y, {1, 1, 1}, {0, 0, 0}, 3);
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  expect_refused(writer, ErrorCode::kUnsupported, "tensor 'y' is computed and has scales along an axis");
}

TEST(TfliteImport, RefusesAPartOfThePostProcess) {
  OneOperator writer;
  const auto boxes = writer.add_tensor("boxes", StoredType::FLOAT32, {});
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  writer.add_operator(code(BuiltinOperator::CUSTOM), {writer.x, writer.x, writer.x}, {boxes});
  writer.model.operator_codes.back()->custom_code = "TFLite_Detection_PostProcess";
  writer.graph().outputs = {writer.y, boxes};
  expect_refused(writer, ErrorCode::kUnsupported, "has outputs beside those of TFLite_Detection_PostProcess");
}

TEST(TfliteImport, StandsTenThousandOperators) {
  OneOperator writer;
  std::int32_t last = writer.x;
  for (int i = 0; i < 10'000; ++i) {
    const std::int32_t next = writer.add_tensor("t" + std::to_string(i), StoredType::FLOAT32, {1, 4, 4, 3});
    writer.add_operator(code(BuiltinOperator::ABS), {last}, {next});
    last = next;
  }
  writer.graph().outputs = {last};
  const auto found = translated(writer);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_GT(found->graph.nodes().size(), 10'000u);
}

TEST(TfliteImport, ReadsTheFirstOfSeveralSubgraphs) {
  OneOperator writer;
  writer.add_operator(code(BuiltinOperator::ABS), {writer.x}, {writer.y});
  writer.model.subgraphs.push_back(std::make_unique<schema::SubGraphT>());
  EXPECT_TRUE(translated(writer).ok());
  OneOperator branches;
  branches.add_operator(code(BuiltinOperator::IF), {branches.x}, {branches.y});
  expect_refused(branches, ErrorCode::kUnsupported, "operator 0 IF ('y')");
}

// A convolution of bytes with a bias of integers that name no scale.
ModelWriter with_plain_bias(const std::vector<float>& weight_scales) {
  ModelWriter writer;
  const auto x = writer.add_tensor("x", StoredType::UINT8, {1, 4, 4, 3}), y = writer.add_tensor("y", StoredType::FLOAT32, {1, 4, 4, 2});
  writer.graph().inputs = {x};
  writer.graph().outputs = {y};
  writer.quantize(x, {0.5f}, {10});
  const auto w = writer.add_constant<std::int8_t>("w", StoredType::INT8, {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6});
  writer.quantize(w, weight_scales, std::vector<std::int64_t>(weight_scales.size(), 0));
  const auto bias = writer.add_constant<std::int32_t>("bias", StoredType::INT32, {2}, {8, -16});
  writer.add_operator(code(BuiltinOperator::CONV_2D), {x, w, bias}, {y}, convolution_options());
  return writer;
}

TEST(TfliteImport, TakesABiasWithoutScalesInStepsOfTheSums) {
  for (const auto& [scales, expected] : {std::pair{std::vector<float>{0.125f}, std::vector<float>{0.5f, -1.0f}},
                                         std::pair{std::vector<float>{0.125f, 0.25f}, std::vector<float>{0.5f, -2.0f}}}) {
    const auto found = translated(with_plain_bias(scales));
    ASSERT_TRUE(found.ok()) << found.error().message;
    const Graph& graph = found->graph;
    const auto sum = std::ranges::find_if(graph.nodes(), [](const Node& node) { return node.name == "y/sum"; });
    ASSERT_NE(sum, graph.nodes().end());
    const Tensor* bias = graph.constant(sum->inputs[1]);
    ASSERT_NE(bias, nullptr);
    EXPECT_EQ(to_vector<float>(*bias), expected);
  }
}

TEST(TfliteImport, RefusesABiasThatStandsForNoRealNumbers) {
  OneOperator writer({1, 4, 4, 2});
  const auto w = writer.add_constant<float>("w", StoredType::FLOAT32, {2, 1, 1, 3}, std::vector<float>(6, 0.5f));
  const auto bias = writer.add_constant<std::int32_t>("bias", StoredType::INT32, {2}, {8, -16});
  writer.add_operator(code(BuiltinOperator::CONV_2D), {writer.x, w, bias}, {writer.y}, convolution_options());
  expect_refused(writer, ErrorCode::kMalformed, "has a bias of integers without a scale");
}

// A convolution of bytes: FakeQuantize in front and behind, weights as they are stored.
TEST(TfliteImport, KeepsTheIntegersAndScalesOfAQuantizedConvolution) {
  OneOperator writer;
  for (const std::int32_t tensor : {writer.x, writer.y}) writer.tensor(tensor).type = StoredType::UINT8;
  writer.quantize(writer.x, {0.5f}, {10});
  writer.quantize(writer.y, {0.25f}, {128});
  const auto w = writer.add_constant<std::uint8_t>("w", StoredType::UINT8, {3, 1, 1, 3}, {0, 255, 130, 1, 2, 3, 4, 5, 6});
  writer.quantize(w, {0.125f}, {130});
  writer.add_operator(code(BuiltinOperator::CONV_2D), {writer.x, w}, {writer.y}, convolution_options());
  const auto found = translated(writer);
  ASSERT_TRUE(found.ok()) << found.error().message;
  const Graph& graph = found->graph;
  const Node& convolution = graph.node(graph.find("y/convolution"));
  const Node& low_of_input = graph.node(graph.node(convolution.inputs[0]).inputs[1]);
  EXPECT_EQ(to_vector<float>(std::get<Constant>(low_of_input.op).value), std::vector<float>{-5});
  const Node& scaled = graph.node(convolution.inputs[1]);
  const Node& centred = graph.node(scaled.inputs[0]);
  EXPECT_EQ(to_vector<float>(*graph.constant(scaled.inputs[1])), std::vector<float>{0.125f});
  EXPECT_EQ(to_vector<float>(*graph.constant(centred.inputs[1])), std::vector<float>{2}) << "the zero point of signed bytes";
  const Tensor& stored = *graph.constant(graph.node(centred.inputs[0]).inputs[0]);
  EXPECT_EQ(stored.type(), ElementType::kI8);
  EXPECT_EQ(to_vector<std::int64_t>(stored), (std::vector<std::int64_t>{-128, 127, 2, -127, -126, -125, -124, -123, -122}));
}

TEST(TfliteImport, RoundsOnceWhereValuesOnlyMove) {
  OneOperator writer({1, 16, 3});
  for (const std::int32_t tensor : {writer.x, writer.y}) {
    writer.tensor(tensor).type = StoredType::INT8;
    writer.quantize(tensor, {0.5f}, {3});
  }
  const auto shape = writer.add_constant<std::int32_t>("shape", StoredType::INT32, {3}, {1, 16, 3});
  writer.add_operator(code(BuiltinOperator::RESHAPE), {writer.x, shape}, {writer.y});
  const auto found = translated(writer);
  ASSERT_TRUE(found.ok()) << found.error().message;
  const auto is_rounding = [](const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); };
  EXPECT_EQ(std::ranges::count_if(found->graph.nodes(), is_rounding), 1);
}

// ---- the file for others

TEST(TfliteImport, TellsWhatStandsAroundTheFile) {
  OneOperator writer;
  writer.tensor(writer.x).type = StoredType::INT8;
  writer.quantize(writer.x, {0.5f}, {3});
  writer.quantize(writer.y, {0.5f}, {3});  // of floats, which it does not concern
  writer.add_operator(code(BuiltinOperator::DEQUANTIZE), {writer.x}, {writer.y});
  const auto found = translated(writer);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(found->original.ok()) << found->original.error().message;
  const Graph &before = found->original->before, &after = found->original->after;
  EXPECT_EQ(before.type(before.node(before.find("x")).inputs[0]), (octet::TensorType{ElementType::kI8, {1, 4, 4, 3}}));
  EXPECT_EQ(before.shape({before.parameters()[0], 0}), (Shape{1, 3, 4, 4}));
  EXPECT_EQ(after.type({after.find("y"), 0}), (octet::TensorType{ElementType::kF32, {1, 4, 4, 3}}));
  EXPECT_EQ(after.nodes().size(), 2u);
}

// ---- a detector that ends in TFLite_Detection_PostProcess -------------------------------------------------------------------

std::vector<std::uint8_t> options_of(const std::map<std::string, double>& numbers) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const auto& [name, value] : numbers)
      if (value == std::floor(value))
        builder.Int(name.c_str(), static_cast<std::int64_t>(value));
      else
        builder.Double(name.c_str(), value);
  });
  builder.Finish();
  return builder.GetBuffer();
}

const std::map<std::string, double> kOptions = {
    {"max_detections", 10}, {"num_classes", 2}, {"nms_iou_threshold", 0.6},   {"y_scale", 10}, {"x_scale", 10},
    {"h_scale", 5},         {"w_scale", 5},     {"nms_score_threshold", 1e-8}};

// Two boxes of two classes and background, given as inputs would be: constants. The picture takes no part but is there.
ModelWriter detector(const std::map<std::string, double>& options = kOptions, std::vector<std::int32_t> anchor_shape = {2, 4}) {
  ModelWriter writer;
  const auto x = writer.add_tensor("picture", StoredType::FLOAT32, {1, 1, 2, 3});
  const auto flat = writer.add_tensor("flat", StoredType::FLOAT32, {1, 2, 3});
  const auto shape = writer.add_constant<std::int32_t>("shape", StoredType::INT32, {3}, {1, 2, 3});
  writer.add_operator(code(BuiltinOperator::RESHAPE), {x, shape}, {flat});  // the pixels are the scores of two boxes
  const auto codes = writer.add_constant<float>("codes", StoredType::FLOAT32, {1, 2, 4}, {1, -2, 0, 1, 0, 0, 0, 0});
  std::vector<float> anchors{0.5f, 0.25f, 0.2f, 0.1f, 0.5f, 0.75f, 0.2f, 0.1f};
  const auto list = writer.add_constant<float>("anchors", StoredType::FLOAT32, std::move(anchor_shape), anchors);
  std::vector<std::int32_t> outputs;
  for (const char* name : {"boxes", "classes", "scores", "count"}) outputs.push_back(writer.add_tensor(name, StoredType::FLOAT32, {}));
  writer.add_operator(code(BuiltinOperator::CUSTOM), {codes, flat, list}, outputs).custom_options = options_of(options);
  writer.model.operator_codes.back()->custom_code = "TFLite_Detection_PostProcess";
  writer.graph().inputs = {x};
  writer.graph().outputs = outputs;
  return writer;
}

TEST(TflitePostProcess, BecomesRowsOfDetectionOutput) {
  const auto found = translated(detector());
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(found->post_process.has_value());
  EXPECT_TRUE(found->post_process->has_background);
  EXPECT_EQ(found->post_process->kept, 10);
  // Planes of a row of two pixels: background, class 1, class 2 of either box.
  const Tensor scores = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{0, 0, 0.9f, 0, 0, 0.8f});
  const auto outputs = evaluate(found->graph, {{"picture", scores}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const auto rows = to_vector<float>(outputs->at("detection_out"));
  ASSERT_EQ(rows.size(), 700u);
  // The first anchor is centred at x 0.25, y 0.5, 0.1 wide and 0.2 high; its code moves it by 0.1 heights down and 0.2 widths to the
  // left, and makes it exp(1/5) as wide.
  const double width = 0.1 * std::exp(0.2), x = 0.25 - 0.02, y = 0.5 + 0.02;
  const std::vector<double> first{0, 1, 0.9, x - width / 2, y - 0.1, x + width / 2, y + 0.1};
  const std::vector<double> second{0, 2, 0.8, 0.7, 0.4, 0.8, 0.6};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(rows[i], first[i], 1e-6) << i;
    EXPECT_NEAR(rows[7 + i], second[i], 1e-6) << i;
  }
  EXPECT_EQ(rows[14], -1);
}

TEST(TflitePostProcess, TakesRowsFromWhatTheFileGives) {
  const auto found = translated(detector());
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(found->original.ok()) << found->original.error().message;
  std::map<std::string, Tensor> given{{"boxes", Tensor(ElementType::kF32, {1, 10, 4})},
                                      {"classes", Tensor(ElementType::kF32, {1, 10})},
                                      {"scores", Tensor(ElementType::kF32, {1, 10})},
                                      {"count", Tensor::of<float>({1}, std::vector<float>{1})}};
  const std::vector<float> box{0.1f, 0.2f, 0.3f, 0.4f};  // y, x, y, x
  std::ranges::copy(box, given["boxes"].mutable_values<float>().begin());
  given["classes"].mutable_values<float>()[0] = 1;
  given["scores"].mutable_values<float>()[0] = 0.5f;
  const auto results = evaluate(found->original->after, given);
  ASSERT_TRUE(results.ok()) << results.error().message;
  const Tensor& rows = results->begin()->second;
  EXPECT_EQ(rows.shape(), (Shape{1, 1, 100, 7}));
  const auto values = to_vector<float>(rows);
  EXPECT_EQ(std::vector<float>(values.begin(), values.begin() + 7), (std::vector<float>{0, 2, 0.5f, 0.2f, 0.1f, 0.4f, 0.3f}));
  for (std::size_t i = 7; i < values.size(); i += 7) ASSERT_EQ(values[i], -1) << "row " << i / 7;
}

TEST(TflitePostProcess, NeedsAllThatTheOperatorGives) {
  ModelWriter writer = detector();
  writer.graph().outputs.pop_back();
  const auto found = translated(writer);
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_FALSE(found->original.ok());
  EXPECT_EQ(found->original.error().message, "it does not output all four results of its TFLite_Detection_PostProcess");
}

TEST(TflitePostProcess, MakesADetectorOfTheFile) {
  const std::string bytes = detector().bytes();
  const auto owner = std::make_shared<std::vector<std::byte>>(bytes.size());
  std::memcpy(owner->data(), bytes.data(), bytes.size());
  std::vector<std::string> warnings;
  const auto model =
      import_tflite(std::span<const std::byte>(*owner), owner, {.warn = [&](std::string_view text) { warnings.emplace_back(text); }});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_TRUE(std::holds_alternative<DetectionOutputHead>(model->description.head));
  EXPECT_EQ(model->description.input.width, 2);
  EXPECT_EQ(model->description.input.height, 1);
  EXPECT_EQ(model->description.resize, ResizeKind::kStretchTf1);
  EXPECT_FLOAT_EQ(model->description.suppression.iou_limit, 0.6f);
  EXPECT_EQ(model->description.categories, CategoryRule::kOrdinal);
  ASSERT_EQ(warnings.size(), 3u);
  EXPECT_NE(warnings[0].find("octet feeds -1 to 1"), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[1].find("keeps 10 boxes an image by itself; octet keeps 100"), std::string::npos) << warnings[1];
  EXPECT_NE(warnings[2].find("octet does it within each class"), std::string::npos) << warnings[2];
  // What was 0.9 and 0.8 as values from -1 to 1 are bytes now, and red is the last plane.
  const Tensor picture = Tensor::of<float>({1, 3, 1, 2}, std::vector<float>{127.5f, 127.5f * 1.8f, 127.5f * 1.9f, 127.5f, 127.5f, 127.5f});
  const auto outputs = evaluate(model->graph, {{"picture", picture}});
  ASSERT_TRUE(outputs.ok()) << outputs.error().message;
  const auto rows = to_vector<float>(outputs->at("detection_out"));
  EXPECT_NEAR(rows[1], 1, 0) << "class";
  EXPECT_NEAR(rows[2], 0.9, 1e-5);
  EXPECT_NEAR(rows[8], 2, 0) << "class";
  EXPECT_NEAR(rows[9], 0.8, 1e-5);
}

// What becomes of a detector of so many classes, whose scores have one for no object or not.
ModelDescription description_of_classes(int classes, bool has_background) {
  auto options = kOptions;
  options["num_classes"] = classes;
  options["use_regular_nms"] = 1;
  ModelWriter writer = detector(options);
  const auto scores = writer.add_constant<float>("scores of all", StoredType::FLOAT32, {1, 2, classes + (has_background ? 1 : 0)},
                                                 std::vector<float>(static_cast<std::size_t>(2 * (classes + (has_background ? 1 : 0)))));
  writer.last_operator().inputs[1] = scores;
  const std::string bytes = writer.bytes();
  const auto owner = std::make_shared<std::vector<std::byte>>(bytes.size());
  std::memcpy(owner->data(), bytes.data(), bytes.size());
  const auto model = import_tflite(std::span<const std::byte>(*owner), owner, {});
  EXPECT_TRUE(model.ok()) << model.error().message;
  return model.ok() ? model->description : ModelDescription{};
}

// EfficientDet of Model Maker has no score for no object: its first class is a class.
TEST(TflitePostProcess, CountsItsClassesFromTheFirstThatIsAnObject) {
  const ModelDescription own = description_of_classes(200, false);
  EXPECT_FALSE(has_background(own));
  EXPECT_EQ(class_count(own), 200);
  EXPECT_EQ(own.categories, CategoryRule::kOrdinal);
  EXPECT_EQ(description_of_classes(90, false).categories, CategoryRule::kCoco90);
  EXPECT_EQ(description_of_classes(90, true).categories, CategoryRule::kCoco91);
  EXPECT_EQ(class_count(description_of_classes(90, true)), 91);
  EXPECT_TRUE(has_background(description_of_classes(7, true)));
}

TEST(TflitePostProcess, RefusesOptionsOutOfRange) {
  for (const auto& [name, value] : kOptions) {
    if (name == "nms_score_threshold") continue;  // a person's threshold decides
    auto options = kOptions;
    options.erase(name);
    expect_refused(detector(options), ErrorCode::kMalformed, "has no option '" + name + "'");
    options[name] = -3;
    expect_refused(detector(options), ErrorCode::kMalformed, "has " + name + " = -3");
  }
  auto more = kOptions;
  more["num_classes"] = 7;
  expect_refused(detector(more), ErrorCode::kMalformed, "has scores of shape [1,2,3] for 2 boxes of 7 classes");
  expect_refused(detector(kOptions, {4, 2}), ErrorCode::kMalformed, "has anchors of shape [4,2] for 2 boxes");
  ModelWriter damaged = detector();
  damaged.last_operator().custom_options = {1, 2};
  expect_refused(damaged, ErrorCode::kMalformed, "TFLite_Detection_PostProcess ('boxes'): its options are no FlexBuffer map");
}

}  // namespace
}  // namespace octet::tflite
