// Heads of which a file tells a part: anchors outside of the graph, lists, CenterNet; and what is proposed where something is open.
#include <gtest/gtest.h>

#include "model/model_info.h"
#include "model/yaml.h"
#include "recognise/graphs_for_test.h"
#include "recognise/published_anchors.h"

namespace octet {
namespace {

// What an error proposes, as a person would give it.
ModelInfo drafted_by(const Error& error) {
  const std::size_t begin = error.message.find("model_info: {"), end = error.message.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) {
    ADD_FAILURE() << error.message;
    return {};
  }
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
  const auto document = load_yaml(error.message.substr(begin, end + 1 - begin));
  EXPECT_TRUE(document.ok()) << error.message;
  if (!document.ok()) return {};
  const auto info = model_info_from_yaml((*document)["model_info"]);
  EXPECT_TRUE(info.ok()) << error.message;
  return info.ok() ? *info : ModelInfo{};
}

// What is recognised once the proposal is declared.
ModelDescription described_by_draft(const Graph& graph, const std::string& why) {
  const Error error = error_of(graph);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  expect_contains(error.message, why);
  const Recognition found = found_in(graph, {.declared = drafted_by(error)});
  EXPECT_EQ(found.input.scale, std::vector<double>{255});
  const auto again = read_model_info(write_model_info(found.description));
  EXPECT_TRUE(again.ok() && again->head == found.description.head);
  return found.description;
}

Graph centernet() {
  Graph graph;
  const Value image = picture(graph);
  output(graph, convolved(graph, image, 4, 2), "wh");
  output(graph, convolved(graph, image, 4, 5), "hm");
  output(graph, convolved(graph, image, 4, 2), "reg");
  return graph;
}

TEST(OpenHead, AsksWhichMapsOfCenterNetAreSizes) {
  const ModelDescription description = described_by_draft(centernet(), "which of two maps of two numbers is the size");
  const auto& head = std::get<CenterNetHead>(description.head);
  EXPECT_EQ(head.outputs, (std::vector<std::string>{"hm", "wh", "reg"}));
  EXPECT_EQ(head.classes, 5);
  EXPECT_EQ(head.score, CenterNetHead::Score::kLogit);
}

// Maps of three anchors a cell and 4 classes, [1,27,H,W] or [1,3,H,W,9], behind a first convolution of that kernel.
Graph anchor_maps(std::int64_t first_kernel, bool in_five_axes, bool logistic) {
  Graph graph;
  const Value seen = picture(graph);
  const Value stem = graph.emit_constant(Tensor(ElementType::kF32, {3, 3, first_kernel, first_kernel}));
  const Value half =
      graph.emit(Convolution{{2, 2}, {1, 1}, {{first_kernel / 2 - 1, first_kernel / 2 - 1}, {first_kernel / 2 - 1, first_kernel / 2 - 1}}},
                 {seen, stem});
  for (const std::int64_t stride : kStrides) {
    Value map = convolved(graph, half, stride / 2, 27);
    const std::int64_t side = graph.shape(map)[2];
    if (in_five_axes) {
      map = graph.emit(Reshape{}, {map, integers(graph, {1, 3, 9, side, side})});
      map = graph.emit(Transpose{}, {map, integers(graph, {0, 1, 3, 4, 2})});
    }
    output(graph, logistic ? sigmoid(graph, map) : map, "map" + std::to_string(stride));
  }
  return graph;
}

TEST(OpenHead, TakesYolov5sOwnAnchorsWhereTheNetworkIsYolov5) {
  for (const bool in_five_axes : {false, true})
    for (const bool logistic : {false, true}) {
      const Recognition found = found_in(anchor_maps(6, in_five_axes, logistic));
      const auto& head = std::get<YoloHead>(found.description.head);
      ASSERT_EQ(head.outputs.size(), 3u);
      EXPECT_EQ(head.outputs[1].output, "map16");
      EXPECT_EQ(head.outputs[1].kind, YoloOutput::Kind::kYolov5);
      EXPECT_EQ(head.outputs[1].new_coords, logistic);
      EXPECT_EQ(head.outputs[1].anchors[2], (YoloOutput::Anchor{59, 119}));
      EXPECT_EQ(head.outputs[1].classes, 4);
      EXPECT_EQ(found.description.resize, ResizeKind::kLetterboxRounded);
      EXPECT_FLOAT_EQ(found.description.suppression.iou_limit, 0.7f);
      expect_contains(found.reasons[1], "the anchors are not in the file");
    }
}

TEST(OpenHead, AsksForAnchorsOfAnotherNetworkAndOfAnotherNumberOfClasses) {
  for (const bool in_five_axes : {false, true}) {
    const ModelDescription description = described_by_draft(anchor_maps(4, in_five_axes, true), "whether there are anchors");
    EXPECT_EQ(std::get<YoloHead>(description.head).outputs[2].anchors[0], (YoloOutput::Anchor{116, 90}));
    EXPECT_TRUE(std::get<YoloHead>(description.head).outputs[2].new_coords) << "behind a logistic function";
  }
  expect_contains(error_of(anchor_maps(6, true, false), {.metadata = {{"names", "[a, b]"}}}).message, "whether there are anchors");
  const Recognition found = found_in(anchor_maps(4, true, false), {.metadata = {{"names", "[a, b, c, d]"}, {"stride", "32"}}});
  EXPECT_TRUE(std::holds_alternative<YoloHead>(found.description.head)) << "by its metadata";
}

TEST(OpenHead, AsksForTheFormOfLists) {
  Graph graph;
  const Value map = convolved(graph, picture(graph), 32, 120);
  const Value pooled = graph.emit(MaxPool{{3, 3}}, {map});  // [1,120,1,1]
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const NodeId parts = graph.emit(VariadicSplit{}, {pooled, axis, integers(graph, {80, 20, 20})}).node;
  output(graph, graph.emit(Reshape{}, {Value{parts, 1}, integers(graph, {1, 20})}), "scores");
  output(graph, graph.emit(Reshape{}, {Value{parts, 2}, integers(graph, {1, 20})}), "labels");
  output(graph, graph.emit(Reshape{}, {Value{parts, 0}, integers(graph, {1, 20, 4})}), "boxes");
  const ModelDescription description = described_by_draft(graph, "the order and the unit of the corners");
  EXPECT_EQ(std::get<ListHead>(description.head).outputs, (std::vector<std::string>{"boxes", "scores", "labels"}));
}

// ---- SSD

constexpr std::int64_t kAnchors = 3, kGrids[] = {6, 3, 1};
constexpr std::int64_t kCandidates = (36 + 9 + 1) * kAnchors;

// Offsets or scores of all anchors, [1,N,columns].
Value of_anchors(Graph& graph, Value image, std::int64_t columns) {
  std::vector<Value> maps;
  for (const std::int64_t grid : kGrids) {
    const Value map = convolved(graph, image, kSide / grid, kAnchors * columns);
    maps.push_back(
        graph.emit(Reshape{}, {graph.emit(Transpose{}, {map, integers(graph, {0, 2, 3, 1})}), integers(graph, {1, -1, columns})}));
  }
  return graph.emit(Concat{1}, maps);
}

// Corners of anchors of three sizes around each centre, in fractions times `unit`, [1,N,4].
Tensor corners_of_anchors(double unit, bool y_first) {
  std::vector<float> numbers;
  for (const std::int64_t grid : kGrids)
    for (std::int64_t cell = 0; cell < grid * grid; ++cell)
      for (const double side : {0.2, 0.35, 0.6}) {
        const double x = (static_cast<double>(cell % grid) + 0.5) / static_cast<double>(grid);
        const double y = (static_cast<double>(cell / grid) + 0.5) / static_cast<double>(grid);  // NOLINT(bugprone-integer-division)
        const double first = y_first ? y : x, second = y_first ? x : y;
        for (const double number : {first - side / 2, second - side / 3, first + side / 2, second + side / 3})
          numbers.push_back(static_cast<float>(number * unit));
      }
  return Tensor::of<float>({1, kCandidates, 4}, numbers);
}

Graph ssd(double unit, bool y_first, std::int64_t columns, bool softmax) {
  Graph graph;
  const Value image = picture(graph);
  const Value anchors = graph.emit_constant(corners_of_anchors(unit, y_first));
  output(graph, graph.emit(Binary{}, {of_anchors(graph, image, 4), anchors}), "boxes");
  const Value logits = of_anchors(graph, image, columns);
  output(graph, softmax ? graph.emit(SoftMax{2}, {logits}) : sigmoid(graph, logits), "scores");
  return graph;
}

TEST(OpenHead, KnowsDecodedBoxesAroundAnchors) {
  for (const double unit : {1.0, static_cast<double>(kSide)})
    for (const bool y_first : {false, true}) {
      const Recognition found = found_in(ssd(unit, y_first, 6, true), {.declared = kDeclaredWay});
      const auto& head = std::get<DenseHead>(found.description.head);
      EXPECT_EQ(head.box, y_first ? DenseHead::Box::kCornersYx : DenseHead::Box::kCorners);
      EXPECT_EQ(head.unit, unit == 1 ? DenseHead::Unit::kFractions : DenseHead::Unit::kPixels);
      EXPECT_EQ(head.score, DenseHead::Score::kProbability);
      EXPECT_EQ(head.background, DenseHead::Background::kFirst);
      EXPECT_EQ(head.classes, 5);
    }
}

TEST(OpenHead, NamesTheFirstScoreOfADistribution) {
  const SourceFacts facts{.metadata = {{"names", "[a, b, c, d, e]"}}, .declared = kDeclaredWay};
  EXPECT_EQ(found_in(ssd(1, false, 6, true), facts).description.labels, (std::vector<std::string>{"background", "a", "b", "c", "d", "e"}));
}

TEST(OpenHead, LetsNamesTellWhetherLogisticScoresHaveABackground) {
  const auto with = [](const char* names) { return SourceFacts{.metadata = {{"names", names}}, .declared = kDeclaredWay}; };
  const Graph graph = ssd(1, false, 3, false);
  expect_contains(error_of(graph, {.declared = kDeclaredWay}).message, "name the classes");
  EXPECT_EQ(std::get<DenseHead>(found_in(graph, with("[a, b, c]")).description.head).background, DenseHead::Background::kNone);
  EXPECT_EQ(std::get<DenseHead>(found_in(graph, with("[a, b]")).description.head).background, DenseHead::Background::kFirst);
}

// An SSD whose anchors stand beside it.
TEST(OpenHead, AsksOfWhatAnchorsBoxesAreOffsets) {
  Graph graph;
  const Value image = picture(graph);
  output(graph, of_anchors(graph, image, 4), "codes");
  output(graph, of_anchors(graph, image, 6), "logits");
  ModelInfo declared = drafted_by(error_of(graph));
  expect_contains(error_of(graph).message, "of what anchors its boxes are offsets");
  EXPECT_EQ(declared.at("octet_box"), "anchor_offsets_yx");
  declared["octet_anchors"] = R"([{"grid":[6,6],"anchors":[10,10,20,20,30,30]},{"grid":[3,3],"anchors":[10,10,20,20,30,30]},)"
                              R"({"grid":[1,1],"anchors":[10,10,20,20,30,30]}])";
  const Recognition found = found_in(graph, {.declared = declared});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.boxes, std::vector<std::string>{"codes"});
  EXPECT_EQ(head.anchor_maps.size(), 3u);
}

// A picture of 300x300 and 1917 candidates: TensorFlow's.
TEST(OpenHead, ProposesTensorflowsAnchorsWhereTheirNumberFits) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 3, 300, 300}}, {}, "images");
  const auto rows = [&](std::int64_t columns) {
    const Value pooled = graph.emit(AvgPool{{300, 300}}, {convolved(graph, image, 1, columns)});
    const Value row = graph.emit(Reshape{}, {pooled, integers(graph, {1, 1, columns})});
    return graph.emit(Tile{}, {row, integers(graph, {1, 1917, 1})});
  };
  output(graph, rows(4), "codes");
  output(graph, rows(91), "logits");
  const ModelDescription description = described_by_draft(graph, "of what anchors");
  const auto& head = std::get<DenseHead>(description.head);
  ASSERT_EQ(head.anchor_maps.size(), 6u);
  EXPECT_EQ(head.anchor_maps[0].columns, 19);
  EXPECT_EQ(head.anchor_maps[0].anchors[0], (DenseHead::Anchor{30, 30}));
  EXPECT_EQ(head.anchor_maps[5].anchors[0], (DenseHead::Anchor{285, 285}));
  EXPECT_EQ(head.box, DenseHead::Box::kAnchorOffsetsYx);
  EXPECT_EQ(head.classes, 90);
  EXPECT_EQ(description.categories, CategoryRule::kCoco91);
}

// ---- EfficientDet and RetinaNet

TEST(PublishedAnchors, AreThoseOfEfficientDet) {
  const std::vector<int> strides{8, 16, 32, 64, 128};
  const auto d0 = efficientdet_anchors(strides, 9, {512, 512});
  ASSERT_EQ(d0.size(), 5u);
  EXPECT_EQ(d0[0].columns, 64);
  EXPECT_EQ(d0[0].anchors, (std::vector<DenseHead::Anchor>{{32, 32},
                                                           {45.25f, 22.63f},
                                                           {22.63f, 45.25f},
                                                           {40.32f, 40.32f},
                                                           {57.02f, 28.51f},
                                                           {28.51f, 57.02f},
                                                           {50.8f, 50.8f},
                                                           {71.84f, 35.92f},
                                                           {35.92f, 71.84f}}));
  EXPECT_EQ(d0[4].anchors[0], (DenseHead::Anchor{512, 512}));
  const auto lite0 = efficientdet_anchors(strides, 9, {320, 320});
  EXPECT_EQ(lite0[0].anchors[0], (DenseHead::Anchor{24, 24}));
  EXPECT_EQ(lite0[4].columns, 3);
  EXPECT_EQ(lite0[4].anchors[0], (DenseHead::Anchor{320, 320})) << "a third of the picture for a cell, which is no stride";
}

// Maps of the boxes and of the scores of nine anchors, and the same as rows.
TEST(OpenHead, ProposesTheAnchorsOfEfficientDet) {
  Graph maps, rows;
  const Value seen = picture(maps);
  for (const std::int64_t stride : kStrides) output(maps, convolved(maps, seen, stride, 36), "boxes" + std::to_string(stride));
  for (const std::int64_t stride : kStrides) output(maps, convolved(maps, seen, stride, 45), "scores" + std::to_string(stride));
  const ModelDescription of_maps = described_by_draft(maps, "boxes of 9 anchors");
  const auto& head = std::get<DenseHead>(of_maps.head);
  EXPECT_EQ(head.boxes, (std::vector<std::string>{"boxes8", "boxes16", "boxes32"}));
  EXPECT_EQ(head.scores[2], "scores32");
  EXPECT_EQ(head.box, DenseHead::Box::kAnchorOffsetsYx);
  EXPECT_EQ(head.box_scales, (std::array<float, 4>{1, 1, 1, 1}));
  EXPECT_EQ(head.score, DenseHead::Score::kLogit);
  EXPECT_EQ(head.classes, 5);
  EXPECT_EQ(head.anchor_maps, efficientdet_anchors({8, 16, 32}, 9, {kSide, kSide}));
  expect_contains(error_of(maps).message, "where check: the anchors and the order y, x of the boxes are EfficientDet's");

  const Value image = picture(rows);
  const auto joined = [&](std::int64_t columns) {
    std::vector<Value> parts;
    for (const std::int64_t stride : {8, 16, 32, 64, 96}) {  // 12, 6, 3, 2 and 1 cells a side
      const Value map =
          stride == 64
              ? convolved(rows, rows.emit(Pad{}, {image, integers(rows, {0, 0, 0, 0}), integers(rows, {0, 0, 32, 32})}), 64, 9 * columns)
              : convolved(rows, image, stride, 9 * columns);
      parts.push_back(
          rows.emit(Reshape{}, {rows.emit(Transpose{}, {map, integers(rows, {0, 2, 3, 1})}), integers(rows, {1, -1, columns})}));
    }
    return rows.emit(Concat{1}, parts);
  };
  output(rows, joined(4), "boxes");
  output(rows, sigmoid(rows, joined(5)), "scores");
  const ModelDescription of_rows = described_by_draft(rows, "of what anchors");
  EXPECT_EQ(std::get<DenseHead>(of_rows.head).anchor_maps, efficientdet_anchors({8, 16, 32, 64, 128}, 9, {kSide, kSide}));
  EXPECT_EQ(std::get<DenseHead>(of_rows.head).classes, 5) << "no score stands for no object";
}

}  // namespace
}  // namespace octet
