#include "importers/onnx/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "formats/onnx/model_writer_for_test.h"
#include "graph/patterns.h"

namespace octet::onnx {
namespace {

using Names = std::vector<std::string>;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Result<ImportedGraph> import(const ModelWriter& writer, const ModelInfo& declared = {}, const Names& outputs = {}) {
  const std::string bytes = writer.serialized();
  OCTET_ASSIGN(ModelRecord record, parse_model(std::as_bytes(std::span(bytes))));
  return import_graph(std::move(record), declared, outputs);
}

Names names_of_outputs(const Graph& graph) {
  Names names;
  for (const NodeId id : graph.outputs()) names.push_back(graph.node(id).name);
  return names;
}

void expect_refused(const Result<ImportedGraph>& imported, ErrorCode code, std::string_view words) {
  ASSERT_FALSE(imported.ok());
  EXPECT_EQ(imported.error().code, code) << imported.error().message;
  EXPECT_NE(imported.error().message.find(words), std::string::npos) << imported.error().message;
}

void expect_end(const ModelWriter& writer, SourceFacts::End end, const Names& outputs) {
  const auto imported = import(writer);
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  EXPECT_EQ(imported->facts.end, end);
  EXPECT_EQ(names_of_outputs(imported->graph), outputs);
}

// ---- the file for others

TEST(OnnxImport, TellsWhatStandsAroundTheFile) {
  ModelWriter writer;
  writer.graph().clear_input();
  writer.input("x", 10, {4, 4, 3});   // halves, without a batch
  writer.input("sizes", 7, {-1, 2});  // on which nothing depends
  ModelWriter::integer(writer.node("Cast", {"x"}, {"y"}), "to", 1);
  writer.graph().mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(1);
  const auto imported = import(writer);
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  ASSERT_TRUE(imported->original.ok()) << imported->original.error().message;
  const Graph& before = imported->original->before;
  EXPECT_EQ(names_of_outputs(before), (Names{"x", "sizes"}));
  EXPECT_EQ(before.type(before.node(before.find("x")).inputs[0]), (TensorType{ElementType::kF16, {4, 4, 3}}));
  EXPECT_EQ(before.type(before.node(before.find("sizes")).inputs[0]), (TensorType{ElementType::kI64, {1, 2}}));
  EXPECT_EQ(imported->original->after.node(imported->original->after.parameters()[0]).name, "y");
}

TEST(OnnxImport, TellsAnInputOfBytes) {
  for (const int type : {1, 2}) {  // floats, bytes
    ModelWriter writer;
    writer.graph().clear_input();
    writer.input("x", type, {1, 3, 4, 4});
    ModelWriter::integer(writer.node("Cast", {"x"}, {"y"}), "to", 1);
    const auto imported = import(writer);
    ASSERT_TRUE(imported.ok()) << imported.error().message;
    EXPECT_EQ(imported->facts.takes_bytes, type == 2);
  }
}

TEST(OnnxImport, SaysWhereAFileDoesNotOutputWhatIsDecoded) {
  ModelWriter writer;
  writer.node("Relu", {"x"}, {"r"});
  writer.node("Neg", {"r"}, {"y"});
  const auto imported = import(writer, {}, {"r"});
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  ASSERT_FALSE(imported->original.ok());
  EXPECT_EQ(imported->original.error().message, "octet decodes 'r', inside of the file, which does not output it");
}

// ---- what is refused

TEST(OnnxImport, NamesNodeAndOperatorThatItLacksAndWhereToCut) {
  ModelWriter writer;
  writer.node("Relu", {"x"}, {"r"});
  writer.node("Unheard", {"r"}, {"y"}).set_name("last");
  expect_refused(import(writer), ErrorCode::kUnsupported, "node 'last' (Unheard): octet does not know this operator");
  expect_refused(import(writer), ErrorCode::kUnsupported, "cut the graph there: --outputs r");
  const auto cut = import(writer, {}, {"r"});
  ASSERT_TRUE(cut.ok()) << cut.error().message;
  EXPECT_EQ(names_of_outputs(cut->graph), Names{"r"});
}

TEST(OnnxImport, SaysThatAFileWasLaidOutForOneCpu) {
  ModelWriter writer;
  NodeProto& node = writer.node("ReorderInput", {"x"}, {"y"});
  node.set_domain("com.microsoft.nchwc");
  expect_refused(import(writer), ErrorCode::kUnsupported, "ONNX Runtime laid this file out for one CPU");
  node.set_domain("com.microsoft");
  expect_refused(import(writer), ErrorCode::kUnsupported, "octet does not know this operator");
  node.set_op_type("NhwcMaxPool");
  expect_refused(import(writer), ErrorCode::kUnsupported, "ONNX Runtime laid this file out for one CPU");
  node.set_op_type("QLinearConv");
  ModelWriter::integer(node, "channels_last", 1);
  expect_refused(import(writer), ErrorCode::kUnsupported, "ONNX Runtime laid this file out for one CPU");
}

// Boxes and scores of two levels, of which some are picked by what is known with a picture only.
TEST(OnnxImport, ProposesToCutInFrontOfAllThatDependsOnTheNode) {
  ModelWriter writer(13, {"picked"});
  std::vector<std::string> picked;
  for (const std::string level : {"a", "b"}) {
    writer.node("Abs", {"x"}, {level + "/boxes"});
    writer.node("Sigmoid", {"x"}, {level + "/scores"});
    ModelWriter::integer(writer.node("Flatten", {level + "/scores"}, {level + "/flat"}), "axis", 0);
    writer.node("Greater", {level + "/flat", "least"}, {level + "/mask"});
    writer.node("NonZero", {level + "/mask"}, {level + "/places"});
    writer.node("Gather", {level + "/flat", level + "/places"}, {level + "/good"});
    writer.node("Gather", {level + "/boxes", level + "/places"}, {picked.emplace_back(level + "/picked")});
  }
  writer.node("Concat", picked, {"picked"});
  writer.floats("least", {}, {0.5f});
  expect_refused(import(writer), ErrorCode::kUnsupported, "cut the graph there: --outputs a/scores,a/boxes,b/scores,b/boxes");
}

// As torchvision joins corners that it cut at the border: [N,2,2] are no boxes, the rows of four numbers behind them are.
TEST(OnnxImport, ProposesToCutBehindTheRowsOfBoxes) {
  ModelWriter writer(13, {"picked"});
  ModelWriter::integer(writer.node("Flatten", {"x"}, {"flat"}), "axis", 0);
  writer.node("Reshape", {"flat", "pairs"}, {"corners"});
  writer.node("Reshape", {"corners", "four"}, {"boxes"});
  writer.node("NonZero", {"flat"}, {"places"});
  writer.node("Gather", {"boxes", "places"}, {"picked"});
  writer.whole("pairs", {3}, {-1, 2, 2});
  writer.whole("four", {2}, {-1, 4});
  expect_refused(import(writer), ErrorCode::kUnsupported, "cut the graph there: --outputs flat,boxes");
}

TEST(OnnxImport, NamesTheAttributeThatItLacks) {
  ModelWriter writer;
  ModelWriter::text(writer.node("Resize", {"x", "", "s"}, {"y"}), "mode", "lanczos");
  writer.floats("s", {4}, {1, 1, 2, 2});
  expect_refused(import(writer), ErrorCode::kUnsupported, "attribute 'mode' is 'lanczos'; octet knows nearest, linear, cubic");
  ModelWriter kind;
  ModelWriter::text(kind.node("Concat", {"x", "x"}, {"y"}), "axis", "one");
  expect_refused(import(kind), ErrorCode::kMalformed, "attribute 'axis' is text, expected a whole number");
}

TEST(OnnxImport, RefusesGroupsAndAxesOutOfRange) {
  for (const std::int64_t groups : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{2}, std::numeric_limits<std::int64_t>::min()}) {
    ModelWriter writer;
    ModelWriter::integer(writer.node("Conv", {"x", "w"}, {"y"}), "group", groups);
    writer.floats("w", {1, 3, 1, 1}, {1, 1, 1});
    expect_refused(import(writer), ErrorCode::kMalformed, "attribute 'group'");
  }
  for (const std::int64_t axis : {std::int64_t{4}, std::int64_t{-100000}, std::numeric_limits<std::int64_t>::min()}) {
    ModelWriter writer(13);
    ModelWriter::integer(writer.node("Softmax", {"x"}, {"y"}), "axis", axis);
    expect_refused(import(writer), ErrorCode::kMalformed, "attribute 'axis'");
    ModelWriter unsqueezed(13);
    unsqueezed.node("Unsqueeze", {"x", "a"}, {"y"});
    unsqueezed.whole("a", {1}, {axis == 4 ? 5 : axis});
    EXPECT_FALSE(import(unsqueezed).ok());
  }
}

TEST(OnnxImport, RefusesWindowsThatAreNone) {
  for (const std::string attribute : {"strides", "dilations", "pads", "kernel_shape"})
    for (const std::int64_t number : {std::int64_t{-1}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
      ModelWriter writer;
      NodeProto& node = writer.node("MaxPool", {"x"}, {"y"});
      if (attribute != "kernel_shape") ModelWriter::integers(node, "kernel_shape", {2, 2});
      ModelWriter::integers(node, attribute,
                            attribute == "pads" ? std::vector<std::int64_t>{0, 0, number, 0} : std::vector{number, number});
      expect_refused(import(writer), ErrorCode::kMalformed, "attribute '" + attribute + "'");
    }
}

TEST(OnnxImport, RefusesLoopsAndConditionsThatDependOnThePicture) {
  ModelWriter loop;
  loop.node("Loop", {"", "", "x"}, {"y"});
  expect_refused(import(loop), ErrorCode::kUnsupported, "(Loop)");
  ModelWriter condition;
  condition.node("ReduceMax", {"x"}, {"m"});
  condition.node("If", {"m"}, {"y"});
  expect_refused(import(condition), ErrorCode::kUnsupported, "its condition depends on the picture");
}

TEST(OnnxImport, RefusesConstantsOfFourGigabytes) {
  ModelWriter writer;
  writer.node("ConstantOfShape", {"s"}, {"c"});
  writer.node("Add", {"x", "c"}, {"y"});
  writer.whole("s", {2}, {std::int64_t{1} << 15, std::int64_t{1} << 15});
  expect_refused(import(writer), ErrorCode::kUnsupported, "makes a constant of shape [32768,32768]");
  ModelWriter range;
  range.node("Range", {"a", "b", "c"}, {"y"});
  range.whole("a", {}, {0});
  range.whole("b", {}, {std::numeric_limits<std::int64_t>::max()});
  range.whole("c", {}, {1});
  expect_refused(import(range), ErrorCode::kMalformed, "a range from 0");
}

TEST(OnnxImport, TellsWhatIsMissingInTheFile) {
  ModelWriter writer;
  writer.node("Add", {"x", "gone"}, {"y"});
  expect_refused(import(writer), ErrorCode::kMalformed, "reads 'gone', which is not in the file");
  ModelWriter short_of_inputs;
  short_of_inputs.node("Conv", {"x"}, {"y"});
  expect_refused(import(short_of_inputs), ErrorCode::kMalformed, "has no input 1");
  expect_refused(import(ModelWriter(), {}, {"nothing"}), ErrorCode::kMalformed, "'nothing'");
}

// ---- the picture

ModelWriter of_open_size() {
  ModelWriter writer;
  writer.graph().clear_input();
  writer.input("x", 1, {0, 3, 0, 0});
  writer.node("Relu", {"x"}, {"y"});
  return writer;
}

void expect_picture(const Result<ImportedGraph>& imported, const Shape& shape) {
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  ASSERT_EQ(imported->graph.parameters().size(), 1u);
  EXPECT_EQ(imported->graph.node(imported->graph.parameters()[0]).outputs[0].shape, shape);
}

TEST(OnnxImport, TakesAnOpenSizeFromWhatIsDeclaredOrFromMetadata) {
  ModelWriter writer = of_open_size();
  expect_refused(import(writer), ErrorCode::kUnsupported, "declare them as orig_height and orig_width");
  expect_picture(import(writer, {{"orig_width", "64"}, {"orig_height", "32"}}), {1, 3, 32, 64});
  auto& entry = *writer.model().add_metadata_props();
  entry.set_key("imgsz");
  entry.set_value("[480, 640]");
  expect_picture(import(writer), {1, 3, 480, 640});
  entry.set_value("[[[[");
  expect_refused(import(writer), ErrorCode::kMalformed, "imgsz is '[[[['");
  entry.set_value("[480, 99999999999]");
  expect_refused(import(writer), ErrorCode::kMalformed, "imgsz");
}

TEST(OnnxImport, TakesBytesAndChannelsLastAsTheyAre) {
  ModelWriter writer;
  writer.graph().clear_input();
  writer.input("x", 2, {0, 4, 6, 3});
  ModelWriter::integer(writer.node("Cast", {"x"}, {"y"}), "to", 1);
  expect_picture(import(writer), {1, 4, 6, 3});
}

TEST(OnnxImport, TakesAPictureWithoutABatch) {
  ModelWriter writer;
  writer.graph().clear_input();
  writer.input("x", 1, {3, 4, 6});
  writer.node("Unsqueeze", {"x", "first"}, {"y"});
  writer.whole("first", {1}, {0});
  const auto imported = import(writer);
  expect_picture(imported, {1, 3, 4, 6});
  EXPECT_EQ(imported->graph.node(imported->graph.outputs()[0]).outputs[0].shape, (Shape{1, 3, 4, 6}));
}

TEST(OnnxImport, RefusesABatchByItsSize) {
  ModelWriter writer(17, {"y"});
  writer.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_value(8);
  writer.node("Relu", {"x"}, {"y"});
  expect_refused(import(writer), ErrorCode::kUnsupported, "input 'x' takes 8 pictures at once");
}

TEST(OnnxImport, NamesInputsThatItCannotTellApart) {
  ModelWriter writer;
  writer.input("second", 1, {1, 3, 4, 4});
  writer.node("Add", {"x", "second"}, {"y"});
  expect_refused(import(writer), ErrorCode::kUnsupported,
                 "several inputs that may be the picture: 'x' float[1,3,4,4], 'second' float[1,3,4,4]");
  ModelWriter none;
  none.graph().clear_input();
  none.input("tokens", 7, {1, 16});
  expect_refused(import(none), ErrorCode::kUnsupported, "no input for a picture of three channels");
}

bool has_constant(const Graph& graph, const Shape& shape, double value) {
  return std::ranges::any_of(graph.nodes(), [&](const Node& node) {
    const auto* constant = std::get_if<Constant>(&node.op);
    return constant && constant->value.shape() == shape && uniform_value(constant->value) == value;
  });
}

TEST(OnnxImport, SetsAScaleFactorToOneWhereItIsLeft) {
  ModelWriter writer;
  writer.input("scale_factor", 1, {1, 2});
  writer.node("Reshape", {"x", "s"}, {"r"});
  writer.node("Div", {"r", "scale_factor"}, {"y"});
  writer.whole("s", {2}, {-1, 2});
  const auto imported = import(writer);
  expect_picture(imported, {1, 3, 4, 4});
  EXPECT_TRUE(has_constant(imported->graph, {1, 2}, 1));
  ModelWriter other;
  other.input("sizes", 7, {1, 2});
  other.node("Reshape", {"x", "sizes"}, {"y"});
  expect_refused(import(other), ErrorCode::kUnsupported, "needs input 'sizes' int64[1,2] beside the picture");
}

// Transformers' DETRs: which pixels are picture. Their exporters write 64 x 64 whatever the picture's size.
TEST(OnnxImport, FillsAMaskOfThePictureWithOnes) {
  const auto masked = [](const Shape& sides, int type) {
    ModelWriter writer;
    writer.input("pixel_mask", type, sides);
    ModelWriter::integer(writer.node("Cast", {"pixel_mask"}, {"mask"}), "to", 1);
    writer.node("ReduceSum", {"mask"}, {"count"});
    writer.node("Mul", {"x", "count"}, {"y"});
    return writer;
  };
  for (const Shape& sides : {Shape{1, 2, 8}, Shape{-1, -1, -1}}) {
    const auto imported = import(masked(sides, 7));
    expect_picture(imported, {1, 3, 4, 4});
    EXPECT_TRUE(has_constant(imported->graph, {1, 1, 1}, 16)) << "the sum of ones";
  }
  expect_refused(import(masked({1, 1 << 15, 1 << 15}, 7)), ErrorCode::kMalformed, "is a mask of shape [1,32768,32768]");
  expect_refused(import(masked({1, 4, 4}, 6)), ErrorCode::kUnsupported, "needs input 'pixel_mask'");
}

// ---- where the graph ends

// Boxes [1,4,3] and scores [1,4,4] of the picture.
void add_boxes_and_scores(ModelWriter& writer) {
  writer.node("Reshape", {"x", "flat"}, {"rows"});
  writer.node("MatMul", {"rows", "to_boxes"}, {"boxes"});
  writer.node("MatMul", {"rows", "to_classes"}, {"logits"});
  writer.whole("flat", {3}, {1, 4, 12});
  writer.floats("to_boxes", {12, 4}, std::vector<float>(48, 0.5f));
  writer.floats("to_classes", {12, 3}, std::vector<float>(36, 0.25f));
}

TEST(OnnxImport, CutsInFrontOfASuppression) {
  ModelWriter writer(13, {"picked"});
  writer.input("scale_factor", 1, {1, 2});
  add_boxes_and_scores(writer);
  ModelWriter::integers(writer.node("Transpose", {"logits"}, {"scores"}), "perm", {0, 2, 1});
  ModelWriter::integer(writer.node("Concat", {"scale_factor", "scale_factor"}, {"factors"}), "axis", 1);
  writer.node("Div", {"boxes", "factors"}, {"scaled"});
  writer.node("NonMaxSuppression", {"scaled", "scores", "most", "iou", "least"}, {"chosen"});
  ModelWriter::integer(writer.node("Gather", {"chosen", "third"}, {"indices"}), "axis", 1);
  ModelWriter::integer(writer.node("Gather", {"scaled", "indices"}, {"picked"}), "axis", 1);
  writer.whole("most", {1}, {100});
  writer.floats("iou", {1}, {0.6f});
  writer.floats("least", {1}, {0.025f});
  writer.whole("third", {}, {2});
  expect_end(writer, SourceFacts::End::kSuppression, {"scores", "boxes"});
  const auto imported = import(writer);
  EXPECT_EQ(imported->facts.nms_iou, 0.6f);
  EXPECT_EQ(imported->facts.nms_score, 0.025f);
  EXPECT_EQ(imported->facts.keep, 100);
}

// As YOLOv6 and YOLOv7 are exported for TensorRT, before and after its version 8: each with its own names of settings.
TEST(OnnxImport, CutsInFrontOfTheSuppressionsOfTensorRt) {
  struct Case {
    const char *op, *iou, *score, *keep, *background;
  };
  for (const auto& [op, iou, score, keep, background] :
       {Case{"EfficientNMS_TRT", "iou_threshold", "score_threshold", "max_output_boxes", "background_class"},
        Case{"BatchedNMSDynamic_TRT", "iouThreshold", "scoreThreshold", "keepTopK", "backgroundLabelId"},
        Case{"TRTBatchedNMS", "iou_threshold", "score_threshold", "keep_topk", "background_label_id"}}) {
    ModelWriter writer(13, {"count", "chosen_boxes", "chosen_scores", "classes"});
    add_boxes_and_scores(writer);
    writer.node("Sigmoid", {"logits"}, {"scores"});
    auto& node = writer.node(op, {"boxes", "scores"}, {"count", "chosen_boxes", "chosen_scores", "classes"});
    ModelWriter::number(node, iou, 0.45f);
    ModelWriter::number(node, score, 0.25f);
    ModelWriter::integer(node, keep, 50);
    ModelWriter::integer(node, background, 2);
    expect_end(writer, SourceFacts::End::kSuppression, {"scores", "boxes"});
    const auto imported = import(writer);
    EXPECT_EQ(imported->facts.nms_iou, 0.45f) << op;
    EXPECT_EQ(imported->facts.nms_score, 0.25f) << op;
    EXPECT_EQ(imported->facts.keep, 50) << op;
    EXPECT_EQ(imported->facts.background_class, 2) << op;
  }
}

// All boxes and scores, and the indices of those that a suppression keeps, as the YOLOv3 of Keras gives them.
TEST(OnnxImport, CutsInFrontOfASuppressionWhoseIndicesAreGivenBesideAllBoxes) {
  ModelWriter writer(13, {"all_boxes", "scores", "chosen"});
  add_boxes_and_scores(writer);
  ModelWriter::integers(writer.node("Transpose", {"logits"}, {"scores"}), "perm", {0, 2, 1});
  writer.node("NonMaxSuppression", {"boxes", "scores"}, {"chosen"});
  writer.node("Identity", {"boxes"}, {"all_boxes"});
  expect_end(writer, SourceFacts::End::kSuppression, {"scores", "boxes"});
}

// Class-agnostic suppression: the best class of each box, an offset for each class.
TEST(OnnxImport, CutsInFrontOfTheChoiceOfAClass) {
  ModelWriter writer(13, {"picked"});
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  ModelWriter::integers(writer.node("ReduceMax", {"scores"}, {"best"}), "axes", {2});
  ModelWriter::integer(writer.node("ArgMax", {"scores"}, {"class"}), "axis", 2);
  ModelWriter::integer(writer.node("Cast", {"class"}, {"number"}), "to", 1);
  writer.node("Mul", {"number", "far"}, {"offset"});
  writer.node("Add", {"boxes", "offset"}, {"apart"});
  ModelWriter::integers(writer.node("Transpose", {"best"}, {"row"}), "perm", {0, 2, 1});
  writer.node("Identity", {"best"}, {"entered"});
  writer.node("NonMaxSuppression", {"apart", "entered"}, {"picked"});
  writer.floats("far", {}, {7680});
  expect_end(writer, SourceFacts::End::kSuppression, {"scores", "boxes"});
}

// As OpenMMLab's exporters have it: the best boxes first, their scores transposed on the way.
TEST(OnnxImport, CutsInFrontOfASuppressionOfTheBestBoxes) {
  ModelWriter writer(13, {"picked"});
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  ModelWriter::integers(writer.node("ReduceMax", {"scores"}, {"best"}), "axes", {2});
  writer.node("Reshape", {"best", "row"}, {"best_row"});
  writer.node("TopK", {"best_row", "two"}, {"unused", "places"});
  for (const std::string value : {"boxes", "scores"}) {
    writer.node("Reshape", {value, "flat_" + value}, {"all_" + value});
    writer.node("Gather", {"all_" + value, "places"}, {"some_" + value});
    writer.node("Reshape", {"some_" + value, "batch_" + value}, {"chosen_" + value});
  }
  ModelWriter::integers(writer.node("Transpose", {"chosen_scores"}, {"entered"}), "perm", {0, 2, 1});
  writer.node("NonMaxSuppression", {"chosen_boxes", "entered"}, {"kept"});
  ModelWriter::integer(writer.node("Gather", {"kept", "third"}, {"indices"}), "axis", 1);
  ModelWriter::integer(writer.node("Gather", {"chosen_boxes", "indices"}, {"picked"}), "axis", 1);
  writer.whole("row", {1}, {-1});
  writer.whole("two", {1}, {2});
  writer.whole("third", {}, {2});
  writer.whole("flat_boxes", {2}, {-1, 4});
  writer.whole("flat_scores", {2}, {-1, 3});
  writer.whole("batch_boxes", {3}, {1, -1, 4});
  writer.whole("batch_scores", {3}, {1, -1, 3});
  expect_end(writer, SourceFacts::End::kSuppression, {"all_scores", "all_boxes"});
}

void add_top_k(ModelWriter& writer, const std::string& scores) {
  writer.node("Reshape", {scores, "row"}, {"flattened"});
  writer.node("TopK", {"flattened", "k"}, {"score", "index"});
  writer.node("Mod", {"index", "classes"}, {"label"});
  writer.node("Div", {"index", "classes"}, {"query"});
  writer.node("Unsqueeze", {"query", "last"}, {"column"});
  writer.node("Tile", {"column", "four"}, {"chosen"});
  writer.whole("row", {2}, {1, -1});
  writer.whole("k", {1}, {5});
  writer.whole("classes", {}, {3});
  writer.whole("last", {1}, {-1});
  writer.whole("four", {3}, {1, 1, 4});
}

// A transformer whose boxes become corners, times `twice`, [1,4], of the best pairs of query and class.
void add_best_queries(ModelWriter& writer) {
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  add_top_k(writer, "scores");
  ModelWriter::integer(writer.node("Split", {"boxes"}, {"cx", "cy", "w", "h"}), "axis", -1);
  for (const std::string side : {"w", "h"}) writer.node("Mul", {side, "half"}, {"half_" + side});
  writer.node("Sub", {"cx", "half_w"}, {"x0"});
  writer.node("Sub", {"cy", "half_h"}, {"y0"});
  writer.node("Add", {"cx", "half_w"}, {"x1"});
  writer.node("Add", {"cy", "half_h"}, {"y1"});
  ModelWriter::integer(writer.node("Concat", {"x0", "y0", "x1", "y1"}, {"corners"}), "axis", -1);
  writer.node("Mul", {"corners", "twice"}, {"pixels"});
  ModelWriter::integer(writer.node("GatherElements", {"pixels", "chosen"}, {"box"}), "axis", 1);
  writer.floats("half", {}, {0.5f});
}

TEST(OnnxImport, CutsInFrontOfTheTopKOfATransformer) {
  ModelWriter writer(13, {"label", "box", "score"});
  writer.input("sizes", 7, {1, 2});
  ModelWriter::integer(writer.node("Cast", {"sizes"}, {"real"}), "to", 1);
  ModelWriter::integer(writer.node("Concat", {"real", "real"}, {"twice"}), "axis", 1);
  add_best_queries(writer);
  expect_end(writer, SourceFacts::End::kTopK, {"logits", "boxes"});
  EXPECT_EQ(import(writer)->facts.keep, 5);
}

// Exported for one size, which is a constant: boxes in pixels of the input.
TEST(OnnxImport, CutsBeforeTheScaleOfTheInput) {
  ModelWriter writer(13, {"label", "box", "score"});
  add_best_queries(writer);
  writer.floats("twice", {1, 4}, {640, 480, 640, 480});
  expect_end(writer, SourceFacts::End::kTopK, {"logits", "boxes"});
}

// The best class of each box, and the best boxes by it: YOLO26 with agnostic_nms. In front of the choice the classes would be lost.
void add_best_boxes(ModelWriter& writer) {
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  ModelWriter::integer(writer.node("TopK", {"scores", "one"}, {"best", "class"}), "axis", 2);
  ModelWriter::integer(writer.node("TopK", {"best", "two"}, {"score", "index"}), "axis", 1);
  ModelWriter::integer(writer.node("GatherElements", {"class", "index"}, {"label"}), "axis", 1);
  writer.node("Tile", {"index", "four"}, {"chosen"});
  ModelWriter::integer(writer.node("GatherElements", {"boxes", "chosen"}, {"box"}), "axis", 1);
  ModelWriter::integer(writer.node("Cast", {"label"}, {"number"}), "to", 1);
  ModelWriter::integer(writer.node("Concat", {"box", "score", "number"}, {"rows_of_best"}), "axis", 2);
  writer.whole("one", {1}, {1});
  writer.whole("two", {1}, {2});
  writer.whole("four", {3}, {1, 1, 4});
}

TEST(OnnxImport, DoesNotCutInFrontOfTheBestClass) {
  ModelWriter writer(13, {"rows_of_best"});
  add_best_boxes(writer);
  expect_end(writer, SourceFacts::End::kOpen, {"rows_of_best"});
}

TEST(OnnxImport, CutsNoFileOfOctet) {
  ModelWriter writer(13, {"label", "box", "score"});
  add_best_queries(writer);
  writer.floats("twice", {1, 4}, {640, 480, 640, 480});
  auto& entry = *writer.model().add_metadata_props();
  entry.set_key("octet_head");
  entry.set_value("list");
  expect_end(writer, SourceFacts::End::kOpen, {"label", "box", "score"});
}

// A product of two axes that gets its batch afterwards: what enters has it.
TEST(OnnxImport, UndoesOneFlatteningOfScoresAlone) {
  ModelWriter writer(13, {"score", "box"});
  add_boxes_and_scores(writer);
  writer.node("Reshape", {"logits", "no_batch"}, {"product"});
  writer.node("Reshape", {"product", "batch"}, {"of_queries"});
  writer.node("Sigmoid", {"of_queries"}, {"scores"});
  add_top_k(writer, "scores");
  ModelWriter::integer(writer.node("GatherElements", {"boxes", "chosen"}, {"box"}), "axis", 1);
  writer.whole("no_batch", {2}, {4, 3});
  writer.whole("batch", {3}, {1, 4, 3});
  expect_end(writer, SourceFacts::End::kTopK, {"of_queries", "boxes"});
}

TEST(OnnxImport, CutsInFrontOfTwoTopKOneBehindTheOther) {
  ModelWriter writer(13, {"result"});
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  ModelWriter::integer(writer.node("Concat", {"boxes", "scores"}, {"all"}), "axis", -1);
  ModelWriter::integer(writer.node("Split", {"all", "lengths"}, {"box_part", "score_part"}), "axis", -1);
  ModelWriter::integers(writer.node("ReduceMax", {"score_part"}, {"best"}), "axes", {2});
  ModelWriter::integer(writer.node("TopK", {"best", "three"}, {"unused", "first"}), "axis", 1);
  writer.node("Tile", {"first", "four"}, {"first_boxes"});
  writer.node("Tile", {"first", "classes_wide"}, {"first_scores"});
  ModelWriter::integer(writer.node("GatherElements", {"box_part", "first_boxes"}, {"some_boxes"}), "axis", 1);
  ModelWriter::integer(writer.node("GatherElements", {"score_part", "first_scores"}, {"some_scores"}), "axis", 1);
  add_top_k(writer, "some_scores");
  ModelWriter::integer(writer.node("GatherElements", {"some_boxes", "chosen"}, {"box"}), "axis", 1);
  writer.node("Unsqueeze", {"score", "last"}, {"score_column"});
  ModelWriter::integer(writer.node("Concat", {"box", "score_column"}, {"result"}), "axis", -1);
  writer.whole("lengths", {2}, {4, 3});
  writer.whole("three", {1}, {3});
  writer.whole("classes_wide", {3}, {1, 1, 3});
  expect_end(writer, SourceFacts::End::kTopK, {"score_part", "box_part"});
}

// The places of the second choice among those of the first, which are numbers of boxes and no boxes.
TEST(OnnxImport, CutsWherePlacesOfTheBestAreGatheredAsWell) {
  ModelWriter writer(13, {"result"});
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  ModelWriter::integer(writer.node("Concat", {"boxes", "scores"}, {"all"}), "axis", -1);
  ModelWriter::integer(writer.node("Split", {"all", "lengths"}, {"box_part", "score_part"}), "axis", -1);
  ModelWriter::integers(writer.node("ReduceMax", {"score_part"}, {"best"}), "axes", {2});
  writer.node("Squeeze", {"best", "last"}, {"best_row"});
  ModelWriter::integer(writer.node("TopK", {"best_row", "three"}, {"unused", "first"}), "axis", 1);
  writer.node("Unsqueeze", {"first", "last"}, {"first_column"});
  writer.node("Tile", {"first_column", "classes_wide"}, {"first_scores"});
  ModelWriter::integer(writer.node("GatherElements", {"score_part", "first_scores"}, {"some_scores"}), "axis", 1);
  writer.node("Reshape", {"some_scores", "row"}, {"flattened"});
  writer.node("TopK", {"flattened", "k"}, {"score", "index"});
  writer.node("Mod", {"index", "classes"}, {"label"});
  writer.node("Div", {"index", "classes"}, {"query"});
  ModelWriter::integer(writer.node("GatherElements", {"first", "query"}, {"place"}), "axis", 1);
  writer.node("Unsqueeze", {"place", "last"}, {"column"});
  writer.node("Tile", {"column", "four"}, {"chosen"});
  ModelWriter::integer(writer.node("GatherElements", {"box_part", "chosen"}, {"box"}), "axis", 1);
  writer.node("Unsqueeze", {"score", "last"}, {"score_column"});
  ModelWriter::integer(writer.node("Cast", {"label"}, {"label_number"}), "to", 1);
  writer.node("Unsqueeze", {"label_number", "last"}, {"label_column"});
  ModelWriter::integer(writer.node("Concat", {"box", "score_column", "label_column"}, {"result"}), "axis", -1);
  writer.whole("lengths", {2}, {4, 3});
  writer.whole("three", {1}, {3});
  writer.whole("classes_wide", {3}, {1, 1, 3});
  writer.whole("row", {2}, {1, -1});
  writer.whole("k", {1}, {3});
  writer.whole("classes", {}, {3});
  writer.whole("last", {1}, {-1});
  writer.whole("four", {3}, {1, 1, 4});
  expect_end(writer, SourceFacts::End::kTopK, {"score_part", "box_part"});
}

// The best class of each box of the first picture, boxes of low scores left out, the others scaled and moved apart for each class; what is
// kept is gathered of what was selected.
void add_suppression_of_selected(ModelWriter& writer) {
  add_boxes_and_scores(writer);
  writer.node("Sigmoid", {"logits"}, {"scores"});
  NodeProto& label = writer.node("ArgMax", {"scores"}, {"label"});
  ModelWriter::integer(label, "axis", -1);
  ModelWriter::integer(label, "keepdims", 0);
  NodeProto& best = writer.node("ReduceMax", {"scores"}, {"best"});
  ModelWriter::integers(best, "axes", {-1});
  ModelWriter::integer(best, "keepdims", 0);
  for (const std::string value : {"boxes", "best", "label"}) writer.node("Gather", {value, "zero"}, {"first_" + value});
  writer.node("Greater", {"first_best", "least"}, {"is_good"});
  writer.node("NonZero", {"is_good"}, {"places"});
  ModelWriter::integers(writer.node("Transpose", {"places"}, {"rows_of"}), "perm", {1, 0});
  for (const std::string value : {"boxes", "best", "label"}) writer.node("GatherND", {"first_" + value, "rows_of"}, {"good_" + value});
  writer.node("Div", {"good_boxes", "size"}, {"small"});
  writer.node("Slice", {"small", "from", "to", "one"}, {"four"});
  ModelWriter::integer(writer.node("Cast", {"good_label"}, {"number"}), "to", 1);
  writer.node("Unsqueeze", {"number", "one"}, {"offset"});
  writer.node("Add", {"four", "offset"}, {"apart"});
  writer.node("Slice", {"small", "to", "to", "one"}, {"further"});
  ModelWriter::integer(writer.node("Concat", {"apart", "further"}, {"with_further"}), "axis", -1);
  writer.node("Unsqueeze", {"with_further", "from"}, {"entered"});
  writer.node("Unsqueeze", {"good_best", "two"}, {"entered_scores"});
  writer.node("NonMaxSuppression", {"entered", "entered_scores", "most", "iou"}, {"kept"});
  ModelWriter::integer(writer.node("Gather", {"kept", "last"}, {"indices"}), "axis", 1);
  writer.node("Gather", {"good_boxes", "indices"}, {"picked"});
  writer.whole("zero", {}, {0});
  writer.whole("from", {1}, {0});
  writer.whole("to", {1}, {4});
  writer.whole("one", {1}, {1});
  writer.whole("two", {2}, {0, 1});
  writer.whole("last", {1}, {2});
  writer.whole("most", {1}, {std::numeric_limits<std::int64_t>::max()});
  writer.floats("least", {}, {0.25f});
  writer.floats("size", {}, {320});
  writer.floats("iou", {1}, {0.7f});
}

TEST(OnnxImport, CutsInFrontOfASuppressionOfWhatWasSelected) {
  ModelWriter writer(13, {"picked"});
  add_suppression_of_selected(writer);
  expect_end(writer, SourceFacts::End::kSuppression, {"scores", "boxes"});
  EXPECT_EQ(import(writer)->facts.nms_iou, 0.7f);
  EXPECT_FALSE(import(writer)->facts.across_classes);
}

TEST(OnnxImport, TellsASuppressionAcrossClasses) {
  ModelWriter writer(13, {"picked"});
  add_boxes_and_scores(writer);
  ModelWriter::integers(writer.node("ReduceMax", {"logits"}, {"best"}), "axes", {2});
  ModelWriter::integers(writer.node("Transpose", {"best"}, {"row"}), "perm", {0, 2, 1});
  writer.node("Identity", {"best"}, {"entered"});
  writer.node("NonMaxSuppression", {"boxes", "entered"}, {"picked"});
  expect_end(writer, SourceFacts::End::kSuppression, {"logits", "boxes"});
  EXPECT_TRUE(import(writer)->facts.across_classes);
}

// As torchvision's SSD: of each class the boxes whose score is high enough, the best of them, side by side; suppressed where there are any.
void add_filters_of_classes(ModelWriter& writer, const std::vector<std::string>& classes) {
  add_boxes_and_scores(writer);
  ModelWriter::integer(writer.node("Softmax", {"logits"}, {"scores"}), "axis", 2);
  std::vector<std::string> best, boxes;
  for (const std::string& name : classes) {
    ModelWriter::integer(writer.node("Gather", {"scores", name}, {name + "/scores"}), "axis", 2);
    writer.node("Greater", {name + "/scores", "least"}, {name + "/mask"});
    writer.node("NonZero", {name + "/mask"}, {name + "/rows"});
    writer.node("Transpose", {name + "/rows"}, {name + "/places"});
    writer.node("GatherND", {name + "/scores", name + "/places"}, {name + "/good"});
    writer.node("GatherND", {"boxes", name + "/places"}, {name + "/good_boxes"});
    writer.node("TopK", {name + "/good", "most"}, {best.emplace_back(name + "/best"), name + "/indices"});
    writer.node("Gather", {name + "/good_boxes", name + "/indices"}, {boxes.emplace_back(name + "/boxes")});
  }
  ModelWriter::integer(writer.node("Concat", best, {"all_scores"}), "axis", 0);
  ModelWriter::integer(writer.node("Concat", boxes, {"all_boxes"}), "axis", 0);
  NodeProto& choice = writer.node("If", {"none"}, {"kept"});
  auto& none = *ModelWriter::attribute(choice, "then_branch", 5).mutable_g();
  none.add_output()->set_name("nothing");
  ModelWriter::fill(*none.add_node(), "Identity", {"empty"}, {"nothing"});
  auto& some = *ModelWriter::attribute(choice, "else_branch", 5).mutable_g();
  some.add_output()->set_name("chosen");
  auto& iou = *some.add_initializer();
  iou.set_name("iou");
  iou.set_data_type(1);
  iou.add_float_data(0.45f);
  ModelWriter::fill(*some.add_node(), "Unsqueeze", {"iou", "one"}, {"limit"});
  ModelWriter::fill(*some.add_node(), "NonMaxSuppression", {"all_boxes", "all_scores", "most", "limit"}, {"chosen"});
  writer.node("Gather", {"all_scores", "kept"}, {"picked_scores"});
  writer.node("Gather", {"all_boxes", "kept"}, {"unscaled"});
  writer.node("Mul", {"unscaled", "size"}, {"picked"});
  for (std::size_t i = 0; i < classes.size(); ++i) writer.whole(classes[i], {}, {static_cast<std::int64_t>(i) + 1});
  writer.whole("one", {1}, {1});
  writer.whole("most", {1}, {100});
  writer.whole("empty", {0}, {});
  writer.bytes("none", 9, {1}, std::string(1, '\0'));
  writer.floats("least", {}, {0.01f});
  writer.floats("size", {}, {2});
}

TEST(OnnxImport, CutsInFrontOfFiltersWithASuppressionInABranch) {
  for (const std::vector<std::string>& classes : {std::vector<std::string>{"cat", "dog"}, {"cat"}}) {
    ModelWriter writer(13, {"picked", "picked_scores"});
    add_filters_of_classes(writer, classes);
    expect_end(writer, SourceFacts::End::kSuppression, {"scores", "boxes"});
    EXPECT_EQ(import(writer)->facts.nms_iou, 0.45f);
    EXPECT_FALSE(import(writer)->facts.across_classes);
  }
}

// The queries of a transformer are chosen by a TopK, too, but what follows is no choice.
TEST(OnnxImport, DoesNotCutAtATopKInTheMiddle) {
  ModelWriter writer(13, {"refined", "classes_of_queries"});
  add_boxes_and_scores(writer);
  ModelWriter::integers(writer.node("ReduceMax", {"logits"}, {"best"}), "axes", {2});
  ModelWriter::integer(writer.node("TopK", {"best", "two"}, {"unused", "index"}), "axis", 1);
  writer.node("Tile", {"index", "four"}, {"chosen"});
  ModelWriter::integer(writer.node("GatherElements", {"boxes", "chosen"}, {"queries"}), "axis", 1);
  writer.node("Add", {"queries", "shift"}, {"refined"});
  writer.node("MatMul", {"queries", "again"}, {"classes_of_queries"});
  writer.whole("two", {1}, {2});
  writer.whole("four", {3}, {1, 1, 4});
  writer.floats("shift", {}, {0.1f});
  writer.floats("again", {4, 3}, std::vector<float>(12, 0.5f));
  expect_end(writer, SourceFacts::End::kOpen, {"refined", "classes_of_queries"});
}

// ---- quantized

TEST(OnnxImport, RefusesScalesThatAreNone) {
  for (const float scale : {0.0f, -1.0f, kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
    ModelWriter writer;
    writer.node("QuantizeLinear", {"x", "s"}, {"q"});
    writer.node("DequantizeLinear", {"q", "s"}, {"y"});
    writer.floats("s", {}, {scale});
    expect_refused(import(writer), ErrorCode::kMalformed, "expected a positive number");
  }
}

TEST(OnnxImport, RefusesZeroPointsAndAxesThatDoNotFit) {
  ModelWriter wide;
  wide.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  wide.node("DequantizeLinear", {"q", "s", "z"}, {"y"});
  wide.floats("s", {}, {1});
  wide.whole("z", {}, {300});
  expect_refused(import(wide), ErrorCode::kUnsupported, "quantization to i64");
  for (const std::int64_t axis :
       {std::int64_t{4}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    ModelWriter writer;
    ModelWriter::integer(writer.node("DequantizeLinear", {"w", "s"}, {"d"}), "axis", axis);
    writer.node("Conv", {"x", "d"}, {"y"});
    writer.bytes("w", 3, {2, 3, 1, 1}, "abcdef");
    writer.floats("s", {2}, {1, 2});
    expect_refused(import(writer), ErrorCode::kMalformed, "of data of shape [2,3,1,1]");
  }
  ModelWriter count;
  ModelWriter::integer(count.node("DequantizeLinear", {"w", "s", "z"}, {"d"}), "axis", 0);
  count.node("Conv", {"x", "d"}, {"y"});
  count.bytes("w", 3, {2, 3, 1, 1}, "abcdef");
  count.floats("s", {2}, {1, 2});
  count.bytes("z", 3, {3}, std::string(3, '\0'));
  expect_refused(import(count), ErrorCode::kMalformed, "2 scales and 3 zero points");
}

TEST(OnnxImport, RefusesFloatOperatorsOnIntegers) {
  ModelWriter writer;
  writer.node("QuantizeLinear", {"x", "s"}, {"q"});
  writer.node("Relu", {"q"}, {"y"});
  writer.floats("s", {}, {1});
  expect_refused(import(writer), ErrorCode::kUnsupported, "computes with quantized integers as they are");
}

TEST(OnnxImport, KeepsStoredWeightsAsIntegers) {
  ModelWriter writer;
  ModelWriter::integer(writer.node("DequantizeLinear", {"w", "s"}, {"d"}), "axis", 0);
  writer.node("Conv", {"x", "d"}, {"y"});
  writer.bytes("w", 3, {2, 3, 1, 1}, "abcdef");
  writer.floats("s", {2}, {1, 2});
  const auto imported = import(writer);
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  std::size_t stored = 0;
  for (const Node& node : imported->graph.nodes())
    if (const auto* constant = std::get_if<Constant>(&node.op)) stored += constant->value.type() == ElementType::kI8 ? 1 : 0;
  EXPECT_EQ(stored, 1u);
}

TEST(OnnxImport, TakesAChainOfTenThousandNodes) {
  ModelWriter writer;
  for (int i = 1; i <= 10'000; ++i) writer.node("Neg", {i == 1 ? "x" : std::to_string(i - 1)}, {i == 10'000 ? "y" : std::to_string(i)});
  const auto imported = import(writer);
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  EXPECT_EQ(imported->graph.nodes().size(), 10'002u);
}

}  // namespace
}  // namespace octet::onnx
