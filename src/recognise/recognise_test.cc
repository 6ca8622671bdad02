#include "recognise/recognise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "recognise/graphs_for_test.h"
#include "recognise/levels.h"

namespace octet {
namespace {

// Scores and distributions of distances apart, a pair a stride.
Graph nanodet(std::int64_t classes, std::int64_t bins) {
  Graph graph;
  const Value image = picture(graph);
  for (const std::int64_t stride : kStrides) {
    const Value scores = flat(graph, sigmoid(graph, convolved(graph, image, stride, classes)));
    const Value boxes = flat(graph, convolved(graph, image, stride, 4 * bins));
    output(graph, graph.emit(Transpose{}, {scores, integers(graph, {0, 2, 1})}), "scores" + std::to_string(stride));
    output(graph, graph.emit(Transpose{}, {boxes, integers(graph, {0, 2, 1})}), "boxes" + std::to_string(stride));
  }
  return graph;
}

TEST(Recognise, KnowsDecodedBoxesInTheMiddleOfCells) {
  const Recognition found = found_in(decoded(3));
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.boxes, std::vector<std::string>{"output0"});
  EXPECT_EQ(head.box, DenseHead::Box::kCenter);
  EXPECT_EQ(head.unit, DenseHead::Unit::kPixels);
  EXPECT_EQ(head.score, DenseHead::Score::kProbability);
  EXPECT_EQ(head.classes, 3);
  EXPECT_FALSE(head.has_objectness);
  EXPECT_EQ(found.description.input, (ImageSize{96, 96}));
  EXPECT_EQ(found.description.resize, ResizeKind::kLetterboxRounded);
  EXPECT_FLOAT_EQ(found.description.suppression.iou_limit, 0.7f);
  EXPECT_TRUE(found.input.reverse_channels);
  EXPECT_EQ(found.input.scale, std::vector<double>{255});
  EXPECT_FALSE(found.reasons.empty());
}

// Two boxes of three scores each, of which the first stands for no object or not.
TEST(Recognise, KnowsTheClassesOfADetectionOutput) {
  for (const bool has_background : {true, false}) {
    Graph graph;
    const Value pooled = graph.emit(MaxPool{{3, 3}}, {convolved(graph, picture(graph), 32, 6)});
    const Value scores = graph.emit(Reshape{}, {pooled, integers(graph, {1, 6})});
    const Value codes = graph.emit_constant(Tensor(ElementType::kF32, {1, 8})),
                priors = graph.emit_constant(Tensor(ElementType::kF32, {1, 2, 8}));
    DetectionOutput op;
    op.background_label = has_background ? 0 : -1;
    output(graph, graph.emit(op, {codes, scores, priors}), "rows");
    const ModelDescription description = found_in(graph, {.declared = kDeclaredWay}).description;
    EXPECT_EQ(octet::has_background(description), has_background);
    EXPECT_EQ(class_count(description), 3);
  }
}

// As configurations of Transformers without names of classes do.
TEST(Recognise, TellsLogisticScoresFromADistributionByTheNumberOfClasses) {
  ModelInfo metadata = kDeclaredWay;
  for (const auto& [count, score] : {std::pair("3", DenseHead::Score::kLogit), std::pair("2", DenseHead::Score::kSoftmax)}) {
    metadata["octet_classes"] = count;
    const Recognition found = found_in(detr(10, 3), {.metadata = metadata});
    EXPECT_EQ(std::get<DenseHead>(found.description.head).score, score) << count;
    EXPECT_TRUE(found.description.labels.empty());
  }
}

TEST(Recognise, KnowsTheUnitOfDecodedBoxes) {
  EXPECT_EQ(std::get<DenseHead>(found_in(decoded(3, 1. / kSide)).description.head).unit, DenseHead::Unit::kFractions);
}

TEST(Recognise, KnowsYoloxByItsBoxesThatAreNotDecoded) {
  const Recognition found = found_in(yolox(7));
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.box, DenseHead::Box::kGridCenter);
  EXPECT_EQ(head.cell_offset, 0);
  EXPECT_EQ(head.strides, (std::vector<int>{8, 16, 32}));
  EXPECT_TRUE(head.has_objectness);
  EXPECT_EQ(head.classes, 7);
  EXPECT_EQ(found.description.resize, ResizeKind::kLetterboxCorner);
  EXPECT_EQ(found.description.clip, Clip::kNever);
  EXPECT_TRUE(found.input.empty());
}

TEST(Recognise, KnowsDistributionsOfDistancesAndAsksHowPicturesEnter) {
  const Graph graph = nanodet(5, 11);
  const Error error = error_of(graph);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  expect_contains(error.message, "declare octet_resize, reverse_input_channels, scale_values");
  expect_contains(error.message, "input images [1,3,96,96]; outputs scores8 [1,144,5], boxes8 [1,144,44]");

  const Recognition found = found_in(graph, {.declared = kDeclaredWay});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.boxes, (std::vector<std::string>{"boxes8", "boxes16", "boxes32"}));
  EXPECT_EQ(head.scores, (std::vector<std::string>{"scores8", "scores16", "scores32"}));
  EXPECT_EQ(head.box, DenseHead::Box::kDistances);
  EXPECT_EQ(head.bins, 11);
  EXPECT_EQ(head.classes, 5);
  EXPECT_EQ(head.score, DenseHead::Score::kProbability);
  EXPECT_EQ(found.input.mean, (std::vector<double>{123.675, 116.28, 103.53}));
}

// Four maps with 8 bins apart from the scores; with scores in front of 8 bins in one output.
TEST(Recognise, KnowsHowPicturesEnterPicoDetAndNanoDet) {
  constexpr std::int64_t kBins = 8, kClasses = 5;
  Graph picodet, nanodet_plus;
  const Value image = picture(picodet), other = picture(nanodet_plus);
  std::vector<Value> joined;
  for (const std::int64_t stride : {8, 16, 32, 64}) {
    const auto padded = [&](Graph& graph, Value pixels, std::int64_t channels) {  // 64 does not divide the side
      const std::int64_t side = (kSide + stride - 1) / stride;
      const Value map = convolved(graph, pixels, stride == 64 ? 48 : stride, channels);
      return graph.emit(Reshape{}, {map, integers(graph, {1, channels, side * side})});
    };
    output(picodet, sigmoid(picodet, padded(picodet, image, kClasses)), "scores" + std::to_string(stride));
    output(picodet, padded(picodet, image, 4 * kBins), "boxes" + std::to_string(stride));
    joined.push_back(nanodet_plus.emit(
        Concat{1}, {sigmoid(nanodet_plus, padded(nanodet_plus, other, kClasses)), padded(nanodet_plus, other, 4 * kBins)}));
  }
  output(nanodet_plus, nanodet_plus.emit(Concat{2}, joined), "output");
  const Recognition pico = found_in(picodet), nano = found_in(nanodet_plus);
  EXPECT_EQ(pico.input.mean, (std::vector<double>{123.675, 116.28, 103.53}));
  EXPECT_TRUE(pico.input.reverse_channels);
  EXPECT_EQ(nano.input.mean, (std::vector<double>{103.53, 116.28, 123.675}));
  EXPECT_FALSE(nano.input.reverse_channels);
  EXPECT_EQ(nano.description.resize, ResizeKind::kStretch);
  EXPECT_TRUE(std::get<DenseHead>(nano.description.head).scores_first);
  EXPECT_EQ(pico.description.clip, Clip::kAfterSuppression);
  EXPECT_EQ(nano.description.clip, Clip::kBeforeSuppression);
  EXPECT_EQ(found_in(nanodet_plus, {.end = SourceFacts::End::kSuppression}).description.clip, Clip::kAfterSuppression)
      << "as the file does";
}

// background_class of EfficientNMS_TRT, MulticlassNms and MatrixNms.
TEST(Recognise, LeavesOutTheClassThatTheSuppressionLeavesOut) {
  const auto head_of = [](int background_class) {
    const SourceFacts facts{.end = SourceFacts::End::kSuppression, .background_class = background_class};
    return std::get<DenseHead>(found_in(decoded(3), facts).description.head);
  };
  EXPECT_EQ(head_of(0).background, DenseHead::Background::kFirst);
  EXPECT_EQ(head_of(2).background, DenseHead::Background::kLast);
  EXPECT_EQ(head_of(2).classes, 2);
  EXPECT_EQ(head_of(-1).background, DenseHead::Background::kNone);
  EXPECT_EQ(head_of(-1).classes, 3);
  const Error error = error_of(decoded(3), {.end = SourceFacts::End::kSuppression, .background_class = 1});
  expect_contains(error.message, "class 1 of 3");
}

TEST(Recognise, KnowsRowsOfWhatTheNetworkHasChosen) {
  Graph graph;
  const Value map = convolved(graph, picture(graph), 32, 20 * 6);
  output(graph, graph.emit(Reshape{}, {graph.emit(MaxPool{{3, 3}}, {map}), integers(graph, {1, 20, 6})}), "output0");
  const Recognition found = found_in(graph, {.metadata = {{"names", "{0: 'a', 1: 'b'}"}, {"stride", "32"}, {"task", "detect"}}});
  EXPECT_EQ(std::get<ListHead>(found.description.head).classes, 2);
  EXPECT_EQ(found.description.labels, (std::vector<std::string>{"a", "b"}));
}

// ---- what is like something else

// Boxes, a score and keypoints whose places and visibility are numbers of another kind: 1 class, not 1 + 3.
TEST(Recognise, TakesNoKeypointsForScores) {
  Graph graph;
  const Value raw = of_strides(graph, [&](Value image, std::int64_t stride) { return convolved(graph, image, stride, 8); });
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const NodeId parts = graph.emit(VariadicSplit{}, {raw, axis, integers(graph, {2, 2, 1, 2, 1})}).node;
  const Value place =
      per_cell(graph, [](std::int64_t i, std::int64_t stride) { return (static_cast<double>(i) + 0.5) * static_cast<double>(stride); });
  const Value center = graph.emit(Binary{}, {Value{parts, 0}, place});
  const Value keypoint = graph.emit(Binary{}, {Value{parts, 3}, place});
  output(graph, graph.emit(Concat{1}, {center, {parts, 1}, sigmoid(graph, {parts, 2}), keypoint, sigmoid(graph, {parts, 4})}), "output0");
  expect_contains(error_of(graph).message, "which columns are scores of classes");
}

// Raw maps behind one logistic function, as some exports of YOLOv5 end.
TEST(Recognise, AsksForAnchorsOfMapsThatAreProbabilities) {
  Graph graph;
  const Value image = picture(graph);
  for (const std::int64_t stride : kStrides)
    output(graph, sigmoid(graph, convolved(graph, image, stride, 3 * 9)), "map" + std::to_string(stride));
  expect_contains(error_of(graph).message, "whether there are anchors");
}

// The same maps, with the metadata that octet's own ONNX has.
TEST(Recognise, FollowsTheDescriptionOfAFileThatOctetWrote) {
  Graph graph;
  const Value image = picture(graph);
  std::string heads;
  for (const std::int64_t stride : kStrides) {
    const std::string name = "map" + std::to_string(stride);
    output(graph, sigmoid(graph, convolved(graph, image, stride, 3 * 9)), name);
    heads += (heads.empty() ? "[" : ",") + (R"({"output":")" + name) +
             R"(","kind":"yolo","classes":4,"scale_x_y":1,"new_coords":true,"anchors":[1,2,3,4,5,6]})";
  }
  SourceFacts facts{
      .metadata = {{"octet_head", "yolo"}, {"octet_heads", heads + "]"}, {"octet_resize", "stretch"}, {"reverse_input_channels", "NO"}}};
  const Recognition found = found_in(graph, facts);
  const auto& head = std::get<YoloHead>(found.description.head);
  ASSERT_EQ(head.outputs.size(), std::size(kStrides));
  EXPECT_EQ(head.outputs[0].output, "map8");
  EXPECT_EQ(head.outputs[0].anchors[1], (YoloOutput::Anchor{3, 4}));
  EXPECT_EQ(found.description.resize, ResizeKind::kStretch);
  EXPECT_FALSE(found.input.reverse_channels);
  EXPECT_EQ(found.input.mean, std::vector<double>{0});
  EXPECT_EQ(found.input.scale, std::vector<double>{1});

  facts.declared = {{"octet_resize", "letterbox"}};
  EXPECT_EQ(found_in(graph, facts).description.resize, ResizeKind::kLetterbox);
}

// As many classes as a box has numbers.
TEST(Recognise, TellsFourScoresFromBoxes) {
  for (const bool boxes_first : {true, false}) {
    Graph graph;
    const Value boxes = of_strides(graph, [&](Value image, std::int64_t stride) { return convolved(graph, image, stride, 4); });
    const Value image{graph.parameters()[0], 0};
    std::vector<Value> maps;
    for (const std::int64_t stride : kStrides) maps.push_back(flat(graph, convolved(graph, image, stride, 4)));
    const Value scores = sigmoid(graph, graph.emit(Concat{2}, maps));
    if (boxes_first) output(graph, boxes, "boxes");
    output(graph, scores, "scores");
    if (!boxes_first) output(graph, boxes, "boxes");
    const Recognition found = found_in(graph, {.declared = kDeclaredWay});
    const auto& head = std::get<DenseHead>(found.description.head);
    EXPECT_EQ(head.boxes, std::vector<std::string>{"boxes"});
    EXPECT_EQ(head.scores, std::vector<std::string>{"scores"});
  }
}

// Logits of 64 numbers beside logits of four: 16 bins of four classes, or boxes of 64 classes.
TEST(Recognise, AsksWhichLogitsAreBoxesWhereBothMayBe) {
  Graph graph;
  for (const std::int64_t columns : {4, 64}) {
    const Value image = graph.parameters().empty() ? picture(graph) : Value{graph.parameters()[0], 0};
    std::vector<Value> maps;
    for (const std::int64_t stride : kStrides) maps.push_back(flat(graph, convolved(graph, image, stride, columns)));
    output(graph, graph.emit(Concat{2}, maps), "of" + std::to_string(columns));
  }
  expect_contains(error_of(graph, {.declared = kDeclaredWay}).message, "which of them are boxes and which are scores");
  SourceFacts named{.metadata = {{"names", "['a', 'b', 'c', 'd']"}}, .declared = kDeclaredWay};
  const Recognition found = found_in(graph, named);
  EXPECT_EQ(std::get<DenseHead>(found.description.head).boxes, std::vector<std::string>{"of64"});
  EXPECT_EQ(std::get<DenseHead>(found.description.head).bins, 16);
}

// 36 and 27 columns are nine boxes and scores of three classes each, or one box with nine bins a side and 27 classes.
TEST(Recognise, AsksWhetherMapsAreOfAnchors) {
  const auto maps = [](std::int64_t box_columns, std::int64_t score_columns) {
    Graph graph;
    const Value image = picture(graph);
    for (const std::int64_t stride : kStrides)
      output(graph, convolved(graph, image, stride, score_columns), "scores" + std::to_string(stride));
    for (const std::int64_t stride : kStrides)
      output(graph, convolved(graph, image, stride, box_columns), "boxes" + std::to_string(stride));
    return graph;
  };
  expect_contains(error_of(maps(36, 27), {.declared = kDeclaredWay}).message, "whether a cell has boxes of 9 anchors");
  const SourceFacts named{.metadata = {{"names", "['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']"}}, .declared = kDeclaredWay};
  EXPECT_EQ(std::get<DenseHead>(found_in(maps(36, 9), named).description.head).bins, 9);
}

// Logits side by side, in the order of NanoDet and in that of YOLOv8; nothing else tells the one from the other.
TEST(Recognise, TellsBoxesAmongJoinedLogitsByTheirBins) {
  const auto joined = [](std::vector<std::int64_t> parts) {
    Graph graph;
    const Value all = of_strides(graph, [&](Value image, std::int64_t stride) {
      return graph.emit(Concat{1}, {convolved(graph, image, stride, parts[0]), convolved(graph, image, stride, parts[1])});
    });
    output(graph, all, "output");
    return graph;
  };
  const Recognition nano = found_in(joined({80, 32})), yolov8 = found_in(joined({64, 80}));
  EXPECT_TRUE(std::get<DenseHead>(nano.description.head).scores_first);
  EXPECT_EQ(std::get<DenseHead>(nano.description.head).classes, 80);
  EXPECT_FALSE(std::get<DenseHead>(yolov8.description.head).scores_first);
  EXPECT_EQ(std::get<DenseHead>(yolov8.description.head).classes, 80);
  expect_contains(error_of(joined({64, 32})).message, "which of its columns are boxes and which are scores");
}

// Scores and distances of each map; RTMDet's are multiplied by the stride, behind an exponential in some.
TEST(Recognise, TellsDistancesInPixelsFromThoseInStrides) {
  const auto apart = [](bool in_pixels, bool is_exponential, bool is_joined) {
    Graph graph;
    const Value image = picture(graph);
    std::vector<Value> scores, distances;
    for (const std::int64_t stride : kStrides) {
      scores.push_back(flat(graph, sigmoid(graph, convolved(graph, image, stride, 5))));
      Value distance = convolved(graph, image, stride, 4);
      if (is_exponential) distance = graph.emit(Unary{UnaryKind::kExp}, {distance});
      const float factor = in_pixels ? static_cast<float>(stride) : 1.1f;  // some have a learned factor a level
      distance = graph.emit(Binary{BinaryKind::kMultiply}, {distance, graph.emit_constant(Tensor::scalar(factor))});
      distances.push_back(flat(graph, distance));
      if (is_joined) continue;
      output(graph, scores.back(), "scores" + std::to_string(stride));
      output(graph, distances.back(), "boxes" + std::to_string(stride));
    }
    if (is_joined)
      output(graph, graph.emit(Concat{1}, {graph.emit(Concat{2}, scores), graph.emit(Concat{2}, distances)}), "scores_and_boxes");
    return graph;
  };
  for (const auto& [is_exponential, is_joined] : {std::pair(false, false), {true, false}, {false, true}})
    for (const bool in_pixels : {false, true}) {
      const Recognition found = found_in(apart(in_pixels, is_exponential, is_joined), {.declared = kDeclaredWay});
      const auto& head = std::get<DenseHead>(found.description.head);
      EXPECT_EQ(head.box, in_pixels ? DenseHead::Box::kPixelDistances : DenseHead::Box::kDistances);
      EXPECT_EQ(head.classes, 5);
    }
}

enum class EndOfBoxes { kRelu, kReluTimesStride, kExponential, kExponentialTimesStride };

// Scores, distances and a centerness, a map each a stride.
Graph fcos(const std::vector<std::int64_t>& strides, EndOfBoxes end, bool is_logistic = false) {
  Graph graph;
  const Value image = picture(graph);
  const bool in_pixels = end == EndOfBoxes::kReluTimesStride || end == EndOfBoxes::kExponentialTimesStride;
  const bool is_rectified = end == EndOfBoxes::kRelu || end == EndOfBoxes::kReluTimesStride;
  for (const std::int64_t stride : strides) {
    Value distance = convolved(graph, image, stride, 4);
    distance = graph.emit(Unary{is_rectified ? UnaryKind::kRelu : UnaryKind::kExp}, {distance});
    const float factor = in_pixels ? static_cast<float>(stride) : 1;
    distance = graph.emit(Binary{BinaryKind::kMultiply}, {distance, graph.emit_constant(Tensor::scalar(factor))});
    const Value scores = convolved(graph, image, stride, 5);
    output(graph, is_logistic ? sigmoid(graph, scores) : scores, "scores" + std::to_string(stride));
    output(graph, distance, "boxes" + std::to_string(stride));
    output(graph, convolved(graph, image, stride, 1), "centerness" + std::to_string(stride));
  }
  return graph;
}

TEST(Recognise, TellsDistancesWithACenternessFromYolox) {
  for (const auto& [end, box] : {std::pair(EndOfBoxes::kRelu, DenseHead::Box::kDistances),
                                 {EndOfBoxes::kReluTimesStride, DenseHead::Box::kPixelDistances},
                                 {EndOfBoxes::kExponentialTimesStride, DenseHead::Box::kPixelDistances}}) {
    const Recognition found = found_in(fcos({8, 16, 32}, end), {.declared = kDeclaredWay});
    const auto& head = std::get<DenseHead>(found.description.head);
    EXPECT_EQ(head.box, box);
    EXPECT_EQ(head.cell_offset, 0.5);
    EXPECT_EQ(head.classes, 5);
    EXPECT_EQ(head.score, DenseHead::Score::kLogit);
    EXPECT_TRUE(head.has_objectness);
    EXPECT_EQ(head.boxes, (std::vector<std::string>{"boxes8", "boxes16", "boxes32"}));
    EXPECT_EQ(head.objectness, (std::vector<std::string>{"centerness8", "centerness16", "centerness32"}));
    EXPECT_EQ(head.scores[0], "scores8");
  }
  expect_contains(error_of(fcos({8, 16, 32}, EndOfBoxes::kRelu)).message, "declare octet_resize");
  expect_contains(error_of(fcos({8, 16, 32}, EndOfBoxes::kExponential)).message, "in pixels or in strides");
  expect_contains(error_of(fcos({8, 16, 32}, EndOfBoxes::kRelu, true)).message, "a logistic function on one");
}

// Three outputs a level, one class: objectness and score have one column each, and are multiplied.
TEST(Recognise, KnowsYoloxOfOneClassInNineOutputs) {
  Graph graph;
  const Value image = picture(graph);
  for (const std::int64_t stride : kStrides) {
    output(graph, sigmoid(graph, convolved(graph, image, stride, 1)), "score" + std::to_string(stride));
    output(graph, convolved(graph, image, stride, 4), "box" + std::to_string(stride));
    output(graph, sigmoid(graph, convolved(graph, image, stride, 1)), "object" + std::to_string(stride));
  }
  const Recognition found = found_in(graph);
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.boxes, (std::vector<std::string>{"box8", "box16", "box32"}));
  EXPECT_EQ(head.classes, 1);
  EXPECT_TRUE(head.has_objectness);
}

// As where a file picks the only picture of a batch.
TEST(Recognise, TakesBoxesAndScoresWithoutABatch) {
  Graph graph = decoded(3);
  const Value joined = graph.node(graph.outputs()[0]).inputs[0];
  Graph picked;
  std::vector<NodeId> moved;
  for (const Node& node : graph.nodes()) {
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back({moved[index_of(value.node)], value.port});
    if (!std::holds_alternative<Output>(node.op)) moved.push_back(picked.emit(node.op, std::move(inputs), node.name).node);
  }
  output(picked, picked.emit(Squeeze{}, {{moved[index_of(joined.node)], joined.port}, integers(picked, {0})}), "output0");
  const Recognition found = found_in(picked);
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.classes, 3);
  EXPECT_EQ(head.box, DenseHead::Box::kCenter);
}

TEST(Recognise, KnowsTheMapsOfNetworksForSmallObjects) {
  for (const std::vector<int>& strides : {std::vector{4, 8, 16}, {4, 8, 16, 32, 64}, {4, 8}, {16, 32, 64}}) {
    std::int64_t cells = 0;
    for (const int stride : strides) cells += (128 / stride) * (192 / stride);
    const auto levels = find_levels({{"output", {1, 9, cells}}}, {192, 128});
    ASSERT_TRUE(levels);
    EXPECT_EQ(levels->strides, strides);
    EXPECT_EQ(levels->anchors, 1);
  }
}

// Two sides of one map may have the product of another's height and width.
TEST(Recognise, TellsMapsByBothTheirSides) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 3, 320, 512}}, {}, "images");
  for (const std::int64_t stride : kStrides) {  // boxes of stride 8, [1,4,40,64], have 4 * 40 rows, as stride 32 has cells
    output(graph, sigmoid(graph, convolved(graph, image, stride, 5)), "score" + std::to_string(stride));
    output(graph, convolved(graph, image, stride, 4), "box" + std::to_string(stride));
    output(graph, sigmoid(graph, convolved(graph, image, stride, 1)), "object" + std::to_string(stride));
  }
  const Recognition found = found_in(graph);
  EXPECT_EQ(std::get<DenseHead>(found.description.head).boxes, (std::vector<std::string>{"box8", "box16", "box32"}));
  EXPECT_EQ(std::get<DenseHead>(found.description.head).classes, 5);
}

// Decoded boxes with the maps that they are made of beside them: YOLOv5 up to release 6.0.
TEST(Recognise, LeavesOutputsOutOfWhichOthersAreComputed) {
  Graph graph = decoded(3);
  const Value raw = graph.node(graph.node(graph.node(graph.outputs()[0]).inputs[0]).inputs[2]).inputs[0];
  output(graph, {raw.node, 2}, "raw");
  const Recognition found = found_in(graph);
  EXPECT_EQ(std::get<DenseHead>(found.description.head).boxes, std::vector<std::string>{"output0"});
}

// 20 rows of six numbers where stride 32 has 9 cells, or exactly 20 with another picture: what counts is that the last is a whole number.
TEST(Recognise, KnowsChosenRowsByTheNumberOfTheClass) {
  Graph graph;
  const Value map = convolved(graph, picture(graph), 32, 5);  // as many rows as cells of stride 32
  const Value rows = graph.emit(Transpose{}, {flat(graph, map), integers(graph, {0, 2, 1})});
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(2));
  const NodeId parts = graph.emit(VariadicSplit{}, {rows, axis, integers(graph, {4, 1})}).node;
  const Value index = graph.emit(Convert{ElementType::kI64}, {Value{parts, 1}});
  output(graph, graph.emit(Concat{2}, {Value{parts, 0}, Value{parts, 1}, graph.emit(Convert{ElementType::kF32}, {index})}), "rows");
  const Recognition found = found_in(graph, {.declared = kDeclaredWay});
  EXPECT_TRUE(std::holds_alternative<ListHead>(found.description.head));
  expect_contains(error_of(graph).message, "declare octet_resize, reverse_input_channels, scale_values");
}

// The best of so many numbers as rows of corners, score and class.
Graph rows_of_best(const std::function<Value(Graph&, Value image)>& numbers) {
  Graph graph;
  const Value image = picture(graph);
  const NodeId best = graph.emit(TopK{}, {numbers(graph, image), graph.emit_constant(Tensor::scalar<std::int64_t>(5))}).node;
  const Value corners = graph.emit(Reshape{}, {convolved(graph, image, kSide, 20), integers(graph, {1, 5, 4})});
  const auto column = [&](Value value) { return graph.emit(Reshape{}, {value, integers(graph, {1, 5, 1})}); };
  const Value label = graph.emit(Convert{ElementType::kF32}, {Value{best, 1}});
  output(graph, graph.emit(Concat{2}, {corners, column(Value{best, 0}), column(label)}), "rows");
  return graph;
}

// YOLOv10 chooses among the cells of strides 8, 16 and 32; what chooses among others takes pictures in other ways (CenterNet,
// EfficientDet).
TEST(Recognise, TakesChosenRowsForThoseOfYoloWhereCellsAreChosen) {
  const Graph of_cells = rows_of_best([](Graph& graph, Value image) {
    return of_strides(graph, image, [&](Value from, std::int64_t stride) { return sigmoid(graph, convolved(graph, from, stride, 1)); });
  });
  EXPECT_EQ(found_in(of_cells).description.resize, ResizeKind::kLetterboxRounded);
  const Graph of_one_map =
      rows_of_best([](Graph& graph, Value image) { return flat(graph, sigmoid(graph, convolved(graph, image, 4, 1))); });
  expect_contains(error_of(of_one_map).message, "declare octet_resize, reverse_input_channels, scale_values");
}

// Boxes beside two scores, of an SSD, have six columns, too.
TEST(Recognise, TakesABoxAndTwoScoresForNoChosenRow) {
  Graph graph;
  const Value map = graph.emit(MaxPool{{3, 3}}, {convolved(graph, picture(graph), 32, 120)});
  output(graph, graph.emit(Reshape{}, {map, integers(graph, {1, 20, 6})}), "output");
  expect_contains(error_of(graph).message, "whether its rows of six numbers are corners, score and class");
}

// Corners one stride away from a point of each cell, beside columns that `behind` makes of the map of a stride. [1,4+columns,cells]
Graph corners_around(double offset, const std::function<Value(Graph&, Value image, std::int64_t stride)>& behind) {
  Graph graph;
  const Value image = picture(graph);
  const auto at = [&](double away) {
    return per_cell(
        graph, [&](std::int64_t i, std::int64_t stride) { return (static_cast<double>(i) + offset + away) * static_cast<double>(stride); });
  };
  const Value moved = of_strides(graph, image, [&](Value from, std::int64_t stride) { return convolved(graph, from, stride, 4); });
  const Value corners = graph.emit(Binary{}, {moved, graph.emit(Concat{1}, {at(-1), at(1)})});
  const Value others = of_strides(graph, image, [&](Value from, std::int64_t stride) { return behind(graph, from, stride); });
  output(graph, graph.emit(Concat{1}, {corners, others}), "output");
  return graph;
}

// Boxes [1,cells,4] around points and scores apart.
Graph boxes_and_scores(const std::vector<float>& places) {
  Graph graph;
  const Value image = picture(graph);
  const auto of_cells = [&](std::int64_t columns) {
    const Value maps = of_strides(graph, image, [&](Value from, std::int64_t stride) { return convolved(graph, from, stride, columns); });
    return graph.emit(Transpose{}, {maps, integers(graph, {0, 2, 1})});
  };
  output(graph, graph.emit(Binary{}, {of_cells(4), graph.emit_constant(Tensor::of<float>({1, kCells, 4}, places))}), "boxes");
  output(graph, sigmoid(graph, of_cells(3)), "scores");
  return graph;
}

// Four numbers a cell: its corners, less and more a stride.
std::vector<float> corners_of_cells(const std::vector<std::int64_t>& strides) {
  std::vector<float> corners;
  for (const std::int64_t stride : strides)
    for (std::int64_t cell = 0; cell < (kSide / stride) * (kSide / stride); ++cell)
      for (const double away : {-0.5, 1.5})
        for (const std::int64_t at : {cell % (kSide / stride), cell / (kSide / stride)})
          corners.push_back(static_cast<float>((static_cast<double>(at) + away) * static_cast<double>(stride)));
  return corners;
}

// PP-YOLOE has the coarsest map first.
TEST(Recognise, KnowsDecodedBoxesOfTheCoarsestMapFirst) {
  for (const std::vector<std::int64_t>& strides : {std::vector<std::int64_t>{8, 16, 32}, std::vector<std::int64_t>{32, 16, 8}}) {
    const Recognition found = found_in(boxes_and_scores(corners_of_cells(strides)), {.declared = kDeclaredWay});
    EXPECT_EQ(std::get<DenseHead>(found.description.head).box, DenseHead::Box::kCorners) << strides.front();
    EXPECT_EQ(std::get<DenseHead>(found.description.head).classes, 3);
  }
}

// A graph that cuts its boxes at the border leaves those of the outer cells with their middles elsewhere.
TEST(Recognise, KnowsCornersThatTheGraphCuts) {
  std::vector<float> corners = corners_of_cells({8, 16, 32});
  for (float& at : corners) at = std::clamp(at, 0.0f, static_cast<float>(kSide));
  const Recognition found = found_in(boxes_and_scores(corners), {.declared = kDeclaredWay});
  EXPECT_EQ(std::get<DenseHead>(found.description.head).box, DenseHead::Box::kCorners);
}

TEST(Recognise, CutsBoxesWhenTheFamilyDoes) {
  const auto clip_of = [](const Graph& graph, SourceFacts facts = {}) { return found_in(graph, facts).description.clip; };
  EXPECT_EQ(clip_of(decoded(3)), Clip::kAfterSuppression) << "Ultralytics";
  EXPECT_EQ(clip_of(yolox(7)), Clip::kNever);
  ModelInfo way = kDeclaredWay;
  way["octet_classes"] = "3";
  EXPECT_EQ(clip_of(detr(10, 3), {.metadata = way}), Clip::kNever);
}

TEST(Recognise, TakesNoFamilysPicturesForThoseOfPaddle) {
  EXPECT_EQ(found_in(decoded(3)).description.resize, ResizeKind::kLetterboxRounded);
  expect_contains(error_of(decoded(3), {.is_of_paddle = true}).message, "how a picture enters it is not in the file");
}

// In front of a suppression, boxes stand apart from scores: as centre and size they are those of YOLOv6 to v8, as corners of several
// families.
TEST(Recognise, KnowsPicturesOfYoloWhereBoxesStandApart) {
  std::vector<float> centers = corners_of_cells({8, 16, 32});
  for (std::size_t i = 0; i < centers.size(); i += 4) {
    const float width = centers[i + 2] - centers[i], height = centers[i + 3] - centers[i + 1];
    centers[i] += width / 2;
    centers[i + 1] += height / 2;
    centers[i + 2] = width;
    centers[i + 3] = height;
  }
  EXPECT_EQ(found_in(boxes_and_scores(centers)).description.resize, ResizeKind::kLetterboxRounded);
  expect_contains(error_of(boxes_and_scores(corners_of_cells({8, 16, 32}))).message, "how a picture enters it is not in the file");
}

// What differs from cell to cell where nothing is seen has places in it, and is no distance from them.
TEST(Recognise, TakesNoBoxesInAnUnknownOrderForDistances) {
  std::vector<float> corners = corners_of_cells({8, 16, 32});
  std::ranges::reverse(corners);
  expect_contains(error_of(boxes_and_scores(corners), {.declared = kDeclaredWay}).message, "neither decoded nor as they leave");
}

// RTMDet: its points are corners of cells, as those of YOLOX, but its boxes are corners, and no objectness stands beside them.
TEST(Recognise, TakesCornersAroundCornersOfCellsForNoYolox) {
  const Graph graph =
      corners_around(0, [](Graph& of, Value image, std::int64_t stride) { return sigmoid(of, convolved(of, image, stride, 3)); });
  for (const SourceFacts& facts :
       {SourceFacts{.declared = kDeclaredWay}, SourceFacts{.metadata = {{"names", "[a, b, c]"}}, .declared = kDeclaredWay}}) {
    const Recognition found = found_in(graph, facts);
    const auto& head = std::get<DenseHead>(found.description.head);
    EXPECT_EQ(head.box, DenseHead::Box::kCorners);
    EXPECT_FALSE(head.has_objectness);
    EXPECT_EQ(head.classes, 3);
  }
  expect_contains(error_of(graph).message, "declare octet_resize, reverse_input_channels, scale_values");
}

// FCOS: what stands between its boxes and its scores is told by what was put side by side, or by the number of names.
TEST(Recognise, KnowsACenternessBesideCorners) {
  Graph graph;
  const Value image = picture(graph);
  const auto of = [&](std::int64_t columns) {
    return of_strides(graph, image, [&](Value from, std::int64_t stride) { return convolved(graph, from, stride, columns); });
  };
  const Value place = per_cell(graph, [](std::int64_t i, std::int64_t stride) { return static_cast<double>(i * stride); });
  const Value corners = graph.emit(Binary{}, {of(4), graph.emit(Concat{1}, {place, place})});
  output(graph, graph.emit(Concat{1}, {corners, sigmoid(graph, of(1)), sigmoid(graph, of(3))}), "output");
  const Recognition found = found_in(graph, {.declared = kDeclaredWay});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_TRUE(head.has_objectness);
  EXPECT_EQ(head.classes, 3);
}

// What is a half of a half where nothing is seen has the objectness in it already.
TEST(Recognise, KnowsAnObjectnessThatIsMultipliedIntoScores) {
  Graph graph;
  const Value image = picture(graph);
  const auto of = [&](std::int64_t columns) {
    return of_strides(graph, image, [&](Value from, std::int64_t stride) { return convolved(graph, from, stride, columns); });
  };
  const Value place = per_cell(graph, [](std::int64_t i, std::int64_t stride) { return static_cast<double>(i * stride); });
  const Value center = graph.emit(Binary{}, {of(2), place});
  const Value scores = graph.emit(Binary{BinaryKind::kMultiply}, {sigmoid(graph, of(3)), sigmoid(graph, of(1))});
  output(graph, graph.emit(Concat{1}, {center, graph.emit(Unary{UnaryKind::kExp}, {of(2)}), scores}), "output");
  const Recognition found = found_in(graph);
  EXPECT_EQ(found.description.resize, ResizeKind::kLetterboxCorner) << "YOLOX";
  EXPECT_FALSE(std::get<DenseHead>(found.description.head).has_objectness);
  EXPECT_EQ(std::get<DenseHead>(found.description.head).classes, 3);
}

// YOLOv9 as it is trained, with an auxiliary head.
TEST(Recognise, AsksWhichOfSeveralWholeDetectorsToTake) {
  Graph graph = decoded(3);
  const Value first = graph.node(graph.outputs()[0]).inputs[0];
  output(graph, graph.emit(Concat{1}, {graph.node(first).inputs[0], graph.node(first).inputs[1], graph.node(first).inputs[2]}), "output1");
  expect_contains(error_of(graph).message, "name it (--outputs NAME)");
}

// The description to begin with does not ask for what the graph does itself.
TEST(Recognise, BeginsADescriptionWithoutWhatTheGraphDoes) {
  const Graph graph =
      corners_around(0, [](Graph& of, Value image, std::int64_t stride) { return sigmoid(of, convolved(of, image, stride, 3)); });
  expect_contains(error_of(graph).message, "scale_values: 255");
  expect_contains(error_of(graph, {.takes_bytes = true}).message, "scale_values: 1}");
}

TEST(Recognise, SuppressesAcrossClassesWhereTheFileDoes) {
  const Recognition found = found_in(decoded(3), {.across_classes = true});
  EXPECT_TRUE(found.description.suppression.across_classes);
  expect_contains(found.reasons.back(), "across classes");
  EXPECT_FALSE(found_in(decoded(3)).description.suppression.across_classes);
  EXPECT_FALSE(found_in(decoded(1), {.across_classes = true}).description.suppression.across_classes) << "of one class";
}

TEST(Recognise, SaysWhatIsOpen) {
  Graph graph;
  output(graph, convolved(graph, picture(graph), 32, 7), "features");
  const Error error = error_of(graph);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  expect_contains(error.message, "features [1,7,3,3]");
  expect_contains(error.message, "given by --model, such as: model_info: {");
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

TEST(Recognise, TakesADeclaredHead) {
  Graph graph;
  output(graph, convolved(graph, picture(graph), 32, 5), "features");
  ModelInfo declared = kDeclaredWay;
  declared.insert({{"octet_head", "dense"}, {"octet_box", "distances"}, {"octet_classes", "1"}, {"octet_score", "logit"}});
  const Recognition found = found_in(graph, {.declared = declared});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.boxes, std::vector<std::string>{"features"}) << "the only output";
  EXPECT_EQ(head.box, DenseHead::Box::kDistances);
}

TEST(Recognise, LetsADeclarationWinOverMetadata) {
  const ModelInfo metadata = {{"names", "{0: a, 1: b, 2: c}"}, {"stride", "32"}};
  const Recognition found = found_in(
      decoded(3),
      {.metadata = metadata, .declared = {{"octet_resize", "stretch"}, {"scale_values", "1"}, {"octet_labels", R"(["x","y","z"])"}}});
  EXPECT_EQ(found.description.resize, ResizeKind::kStretch);
  EXPECT_EQ(found.input.scale, std::vector<double>{1});
  EXPECT_TRUE(found.input.reverse_channels) << "what is not declared stays";
  EXPECT_EQ(found.description.labels, (std::vector<std::string>{"x", "y", "z"}));
}

TEST(Recognise, ReadsTheKeysOfModelApi) {
  const ModelInfo metadata = {{"model_type", "YOLO"},   {"labels", "a traffic_light c"},   {"resize_type", "fit_to_window_letterbox"},
                              {"pad_value", "114"},     {"reverse_input_channels", "YES"}, {"scale_values", "255"},
                              {"iou_threshold", "0.5"}, {"confidence_threshold", "0.4"}};
  const Recognition found = found_in(decoded(3), {.metadata = metadata});
  EXPECT_EQ(found.description.labels[1], "traffic light");
  EXPECT_EQ(found.description.resize, ResizeKind::kLetterboxRounded);
  EXPECT_EQ(found.description.pad_value, 114);
  EXPECT_FLOAT_EQ(found.description.suppression.iou_limit, 0.5f);
  EXPECT_FLOAT_EQ(found.description.confidence_threshold, 0.4f);
  EXPECT_EQ(found.input.scale, std::vector<double>{255});
}

// What an importer knows of the pixels from the quantizer of the input; the rest is the family's.
TEST(Recognise, TakesAPartFromTheFile) {
  const Recognition found = found_in(decoded(3), {.metadata = {{"mean_values", "127.5"}, {"scale_values", "127.5"}}});
  EXPECT_EQ(found.input.scale, std::vector<double>{127.5});
  EXPECT_EQ(found.input.mean, std::vector<double>{127.5});
  EXPECT_TRUE(found.input.reverse_channels);
  EXPECT_EQ(found.description.resize, ResizeKind::kLetterboxRounded);
}

TEST(Recognise, RefusesWhatItsMetadataContradicts) {
  const auto error_with = [](ModelInfo metadata) { return error_of(decoded(3), {.metadata = std::move(metadata)}).message; };
  EXPECT_EQ(error_with({{"names", "[a, b]"}}), "its outputs have 3 classes, but it names 2");
  expect_contains(error_with({{"task", "segment"}}), "its metadata says task: segment");
  EXPECT_EQ(error_with({{"names", "{0: a, 2: b}"}}), "model_info: names is '{0: a, 2: b}', expected a list or numbered map of names");
  EXPECT_EQ(error_with({{"names", "{"}}), "model_info: names is '{', expected a list or numbered map of names");
  EXPECT_EQ(error_of(decoded(3), {.declared = {{"scale_values", "0"}}}).message,
            "model_info: scale_values is '0', expected numbers other than 0");
  EXPECT_EQ(error_of(decoded(3), {.declared = {{"mean_values", "1 2"}}}).message,
            "model_info: mean_values is '1 2', expected one number, or one a channel");
}

// A file whose graph divides by 255 itself takes bytes.
TEST(Recognise, LeavesAScaleThatTheGraphHas) {
  Graph graph;
  const Value joined = [&] {
    const Value image = graph.emit(Binary{BinaryKind::kDivide}, {picture(graph), graph.emit_constant(Tensor::scalar(255.0f))});
    std::vector<Value> maps;
    for (const std::int64_t stride : kStrides)
      maps.push_back(flat(graph, graph.emit(Concat{1}, {convolved(graph, image, stride, 64), convolved(graph, image, stride, 3)})));
    return graph.emit(Concat{2}, maps);
  }();
  output(graph, joined, "raw");
  const Recognition found = found_in(graph);
  EXPECT_TRUE(found.input.scale.empty());
  EXPECT_EQ(std::get<DenseHead>(found.description.head).bins, 16);
  EXPECT_EQ(std::get<DenseHead>(found.description.head).score, DenseHead::Score::kLogit);
}

}  // namespace
}  // namespace octet
