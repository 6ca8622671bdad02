// Heads of transformers: a box and scores a query.

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "recognise/graphs_for_test.h"

namespace octet {
namespace {

TEST(Recognise, KnowsDetrByWhatItsScoresAreProductsOf) {
  const Recognition found = found_in(detr(10, 5), {.end = SourceFacts::End::kTopK});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.boxes, std::vector<std::string>{"boxes"});
  EXPECT_EQ(head.scores, std::vector<std::string>{"logits"});
  EXPECT_EQ(head.unit, DenseHead::Unit::kFractions);
  EXPECT_EQ(head.score, DenseHead::Score::kLogit);
  EXPECT_TRUE(head.suppressed);
  EXPECT_EQ(found.description.resize, ResizeKind::kStretch);
}

// The first DETR: a distribution over the classes and "no object".
TEST(Recognise, TakesOneScoreMoreThanNamesForNoObject) {
  const Recognition found = found_in(detr(10, 3), {.metadata = {{"names", "['a', 'b']"}}, .declared = kDeclaredWay});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.score, DenseHead::Score::kSoftmax);
  EXPECT_EQ(head.background, DenseHead::Background::kLast);
  EXPECT_EQ(head.classes, 2);
}

// Boxes of queries made of four numbers each by `make`, which is given them one by one.
Graph detr_with_boxes(const std::function<std::vector<Value>(Graph&, const std::array<Value, 4>&)>& make) {
  Graph graph;
  const Value rows = rows_of_queries(graph, 10);
  const auto projected = [&](std::int64_t columns) {
    return graph.emit(MatMul{}, {rows, graph.emit_constant(Tensor(ElementType::kF32, {9, columns}))});
  };
  output(graph, projected(5), "logits");
  const NodeId parts = graph.emit(Split{4}, {sigmoid(graph, projected(4)), graph.emit_constant(Tensor::scalar<std::int64_t>(2))}).node;
  output(graph, graph.emit(Concat{2}, make(graph, {Value{parts, 0}, Value{parts, 1}, Value{parts, 2}, Value{parts, 3}})), "boxes");
  return graph;
}

Value times(Graph& graph, Value value, float factor) {
  return graph.emit(Binary{BinaryKind::kMultiply}, {value, graph.emit_constant(Tensor::scalar(factor))});
}

Value joined(Graph& graph, BinaryKind kind, Value left, Value right) { return graph.emit(Binary{kind}, {left, right}); }

// What a wrapper around a DETR makes of its centres and sizes, and what D-FINE makes of its corners.
TEST(Recognise, TellsCornersOfQueriesFromCentres) {
  using enum BinaryKind;
  const auto box_of = [](const Graph& graph) {
    return std::get<DenseHead>(found_in(graph, {.end = SourceFacts::End::kTopK}).description.head).box;
  };
  EXPECT_EQ(box_of(detr_with_boxes([](Graph& graph, const std::array<Value, 4>& box) {
              const Value w = times(graph, box[2], 0.5f), h = times(graph, box[3], 0.5f);
              return std::vector{joined(graph, kSubtract, box[0], w), joined(graph, kSubtract, box[1], h), joined(graph, kAdd, box[0], w),
                                 joined(graph, kAdd, box[1], h)};
            })),
            DenseHead::Box::kCorners);
  EXPECT_EQ(box_of(detr_with_boxes([](Graph& graph, const std::array<Value, 4>& box) {
              const Value w = times(graph, box[2], -0.5f), h = times(graph, box[3], -0.5f);
              return std::vector{joined(graph, kAdd, box[0], w), joined(graph, kAdd, box[1], h),
                                 graph.emit(Clamp{0, 1}, {joined(graph, kAdd, box[0], times(graph, box[2], 0.5f))}),
                                 graph.emit(Clamp{0, 1}, {joined(graph, kAdd, box[1], times(graph, box[3], 0.5f))})};
            })),
            DenseHead::Box::kCorners);
  EXPECT_EQ(box_of(detr_with_boxes([](Graph& graph, const std::array<Value, 4>& box) {
              return std::vector{times(graph, joined(graph, kAdd, box[0], box[2]), 0.5f),
                                 times(graph, joined(graph, kAdd, box[1], box[3]), 0.5f), joined(graph, kSubtract, box[2], box[0]),
                                 joined(graph, kSubtract, box[3], box[1])};
            })),
            DenseHead::Box::kCenter);
}

// Boxes that the file multiplies by the sides of its input, whole or number by number.
TEST(Recognise, KnowsBoxesOfQueriesInPixels) {
  const auto with_sides = [](float x, float y) {
    return detr_with_boxes([=](Graph& graph, const std::array<Value, 4>& box) {
      return std::vector{times(graph, box[0], x), times(graph, box[1], y), times(graph, box[2], x), times(graph, box[3], y)};
    });
  };
  const SourceFacts facts{.end = SourceFacts::End::kTopK};
  EXPECT_EQ(std::get<DenseHead>(found_in(with_sides(kSide, kSide), facts).description.head).unit, DenseHead::Unit::kPixels);
  EXPECT_EQ(std::get<DenseHead>(found_in(with_sides(1, 1), facts).description.head).unit, DenseHead::Unit::kFractions);
  expect_contains(error_of(with_sides(640, 480), facts).message, "multiplies by 640, 480, 640, 480");
  Graph whole = detr(10, 5);
  const NodeId boxes = whole.find("boxes");
  const Value scaled = whole.emit(Binary{BinaryKind::kMultiply},
                                  {whole.node(boxes).inputs[0], whole.emit_constant(Tensor::of<float>({4}, {kSide, kSide, kSide, kSide}))});
  whole.set_input(boxes, 0, scaled);
  whole.tidy();
  EXPECT_EQ(std::get<DenseHead>(found_in(whole, facts).description.head).unit, DenseHead::Unit::kPixels);
}

// RF-DETR and LW-DETR choose their queries: logistic scores, the last of which stands for nothing where it has no name.
TEST(Recognise, TakesScoresOfChosenQueriesForLogistic) {
  Graph graph = detr(10, 5);
  const Value logits = graph.node(graph.find("logits")).inputs[0];
  const NodeId best = graph.emit(TopK{}, {logits, graph.emit_constant(Tensor::scalar<std::int64_t>(5))}).node;
  graph.set_input(graph.find("logits"), 0, Value{best, 0});
  const SourceFacts facts{.metadata = {{"names", "[a, b, c, d]"}}, .declared = kDeclaredWay};
  const Recognition found = found_in(graph, facts);
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.score, DenseHead::Score::kLogit);
  EXPECT_EQ(head.background, DenseHead::Background::kLast);
  EXPECT_EQ(head.classes, 4);
  EXPECT_EQ(std::get<DenseHead>(found_in(graph, {.declared = kDeclaredWay}).description.head).classes, 5);
}

// DETR behind its own softmax: what is a distribution already is made none again.
TEST(Recognise, KnowsADistributionOverClassesOfQueries) {
  Graph graph = detr(10, 5);
  const Value logits = graph.node(graph.find("logits")).inputs[0];
  const Value scores = graph.emit(SoftMax{2}, {logits});
  graph.set_input(graph.find("logits"), 0, scores);
  const Recognition found = found_in(graph, {.declared = kDeclaredWay});
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.score, DenseHead::Score::kProbability);
  EXPECT_EQ(head.background, DenseHead::Background::kLast);
  EXPECT_EQ(head.classes, 4);
}

TEST(Recognise, TellsFourClassesOfQueriesFromBoxes) {
  const SourceFacts facts = {.metadata = {{"names", "[a, b, c, d]"}}, .declared = kDeclaredWay};
  const Recognition found = found_in(detr(10, 4), facts);
  EXPECT_EQ(std::get<DenseHead>(found.description.head).boxes, std::vector<std::string>{"boxes"}) << "which are logistic";
  const SourceFacts cut = {.declared = kDeclaredWay, .end = SourceFacts::End::kTopK};
  EXPECT_EQ(std::get<DenseHead>(found_in(detr(10, 4), cut).description.head).scores, std::vector<std::string>{"logits"}) << "first";
}

// As DEIMv2 does where its backbone is DINOv3: those are trained on pictures less a mean.
TEST(Recognise, AsksHowPicturesEnterADetrThatTakesPatches) {
  const SourceFacts best{.end = SourceFacts::End::kTopK};
  EXPECT_EQ(found_in(detr(10, 5), best).input.scale, std::vector<double>{255});
  expect_contains(error_of(detr(10, 5, true), best).message, "declare octet_resize, reverse_input_channels, scale_values");
}

// Ultralytics' RT-DETR on a ResNet, which begins with 7x7, stretches pictures as every RT-DETR does, and not as a YOLO.
TEST(Recognise, StretchesPicturesOfUltralyticsDetrs) {
  for (const std::int64_t stem : {3, 7}) {
    Graph graph;
    const Value rows = rows_of_queries(graph, 30, false, stem);
    const auto projected = [&](std::int64_t columns) {
      return sigmoid(graph, graph.emit(MatMul{}, {rows, graph.emit_constant(Tensor(ElementType::kF32, {9, columns}))}));
    };
    output(graph, graph.emit(Concat{2}, {projected(4), projected(3)}), "output0");
    const Recognition found = found_in(graph, {.metadata = {{"names", "[a, b, c]"}, {"stride", "32"}, {"task", "detect"}}});
    EXPECT_EQ(found.description.resize, ResizeKind::kStretch) << stem;
  }
}

// Conditional DETR has a logistic score a class, the first DETR a distribution; their graphs are alike.
TEST(Recognise, AsksForNamesWhereScoresOfQueriesMayBeEither) {
  expect_contains(error_of(detr(10, 5), {.declared = kDeclaredWay}).message,
                  "logistic, of 5 classes, or a distribution over 4 and no object");
  const Recognition found = found_in(detr(10, 5), {.metadata = {{"names", "[a, b, c, d, e]"}}, .declared = kDeclaredWay});
  EXPECT_EQ(std::get<DenseHead>(found.description.head).score, DenseHead::Score::kLogit);
}

// Boxes and scores of queries side by side: two classes make rows of six numbers, too.
TEST(Recognise, TakesQueriesOfTwoClassesForNoRows) {
  Graph graph;
  const Value rows = rows_of_queries(graph, 30);
  const auto projected = [&](std::int64_t columns) {
    return sigmoid(graph, graph.emit(MatMul{}, {rows, graph.emit_constant(Tensor(ElementType::kF32, {9, columns}))}));
  };
  const Value boxes = projected(4), scores = projected(2);
  output(graph, graph.emit(Concat{2}, {boxes, scores}), "output0");
  const Recognition found = found_in(graph, {.metadata = {{"names", "[a, b]"}, {"stride", "32"}}});
  EXPECT_EQ(found.description.resize, ResizeKind::kStretch) << "not as other models of Ultralytics";
  const auto& head = std::get<DenseHead>(found.description.head);
  EXPECT_EQ(head.classes, 2);
  EXPECT_EQ(head.unit, DenseHead::Unit::kFractions);
  EXPECT_TRUE(head.suppressed);
}

// A description to begin with says what the operations behind the outputs tell.
TEST(Recognise, BeginsADescriptionWithWhatIsKnown) {
  const std::string of_detr =
      error_of(detr_with_boxes([](Graph&, const std::array<Value, 4>& box) { return std::vector<Value>(box.begin(), box.end()); })).message;
  expect_contains(of_detr, "octet_box: center_size, octet_box_unit: fractions");
  expect_contains(of_detr, "octet_suppressed: YES");
  Graph graph;
  output(graph, rows_of_queries(graph, 50), "rows");
  expect_contains(error_of(graph).message, "octet_classes: 5");
}

}  // namespace
}  // namespace octet
