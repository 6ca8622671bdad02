#include "recognise/heads/heads.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "recognise/origins.h"

namespace octet {
namespace {

using Score = DenseHead::Score;

template <typename Operation>
bool has_operation(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) { return std::holds_alternative<Operation>(node.op); });
}

// Of the convolutions of three channels, which are those of the picture.
std::vector<ConvolutionGeometry> convolutions_of_picture(const Graph& graph) {
  std::vector<ConvolutionGeometry> found;
  for (const Node& node : graph.nodes()) {
    if (!is_convolution(node.op)) continue;
    const auto geometry = convolution_geometry(graph, node);
    if (geometry && geometry->inputs() == 3) found.push_back(*geometry);
  }
  return found;
}

// Whether all of them are as those with which backbones of RT-DETR, D-FINE and DEIM begin. Others of the kind take patches or 7x7, also
// beside such a stem (DEIMv2 on DINOv3), and other pictures.
bool begins_as_real_time_detr(const Graph& graph) {
  const auto first = convolutions_of_picture(graph);
  return !first.empty() && std::ranges::all_of(first, [](const ConvolutionGeometry& each) {
    return each.kernel == Spatial{3, 3} && each.strides == Spatial{2, 2};
  });
}

bool takes_patches(const Graph& graph) {
  return std::ranges::any_of(convolutions_of_picture(graph), [](const ConvolutionGeometry& each) { return each.kernel == each.strides; });
}

// Queries chosen by their scores, and sampled attention where the file does not end in the best of them.
bool is_real_time_detr(const HeadEvidence& evidence) {
  const bool ends_in_best = evidence.facts().end == SourceFacts::End::kTopK;
  const bool samples = has_operation<GridSample>(evidence.graph()) && has_operation<TopK>(evidence.graph());
  return (ends_in_best || samples) && begins_as_real_time_detr(evidence.graph());
}

bool is_distribution(const HeadEvidence& evidence, const std::string& scores) {
  const Value origin = origin_of(evidence.graph(), evidence.value_of(scores));
  return std::holds_alternative<SoftMax>(evidence.graph().node(origin).op);
}

// DETRs that choose their queries or sample what they attend to have logistic scores, the first one a distribution over the classes and
// "no object".
Result<Score> score_of_queries(const HeadEvidence& evidence, const OutputShape& scores) {
  if (is_distribution(evidence, scores.name) || is_unary(evidence.graph(), evidence.origin_of(scores), UnaryKind::kSigmoid))
    return Score::kProbability;
  const bool chooses = evidence.facts().end == SourceFacts::End::kTopK || has_operation<TopK>(evidence.graph());
  if (chooses || has_operation<GridSample>(evidence.graph())) return Score::kLogit;
  if (evidence.classes()) return scores.shape.back() == *evidence.classes() + 1 ? Score::kSoftmax : Score::kLogit;
  return open_question(
      fmt::format("whether its scores are logistic, of {} classes, or a distribution over {} and no object: name the classes (--labels)",
                  scores.shape.back(), scores.shape.back() - 1));
}

// What each of the four numbers of a box is multiplied by at its end; none, or ones, where it is a fraction of the input.
std::vector<double> scales_of(const Graph& graph, Value boxes) {
  std::vector<double> scales = factors_of(graph, boxes);
  if (scales.size() == 1) scales.resize(kBoxColumns, scales[0]);
  const JoinedColumns joined = joined_columns(graph, boxes, kBoxColumns);
  if (!scales.empty() || joined.parts.size() != kBoxColumns) return scales;
  for (const Value part : joined.parts) {
    const std::vector<double> factors = factors_of(graph, part);
    scales.push_back(factors.size() == 1 && factors[0] > 1 ? factors[0] : 1);  // halves are of centres
  }
  return scales;
}

Result<DenseHead::Unit> unit_of_boxes(const HeadEvidence& evidence, Value boxes) {
  const std::vector<double> scales = scales_of(evidence.graph(), boxes);
  if (std::ranges::all_of(scales, [](double scale) { return scale == 1; })) return DenseHead::Unit::kFractions;
  const std::vector<double> sides = {1. * evidence.input().width, 1. * evidence.input().height, 1. * evidence.input().width,
                                     1. * evidence.input().height};
  if (scales == sides) return DenseHead::Unit::kPixels;
  return open_question(fmt::format("in which unit its boxes are, which it multiplies by {} (octet_box_unit)", fmt::join(scales, ", ")));
}

// `boxes`: of `head`, without scores beside them.
Result<FoundHead> head_of_queries(const HeadEvidence& evidence, Value boxes, DenseHead head, Score score, bool is_real_time_detr) {
  const bool are_corners = is_of_corners(evidence.graph(), boxes);
  head.box = are_corners ? DenseHead::Box::kCorners : DenseHead::Box::kCenter;
  OCTET_ASSIGN(head.unit, unit_of_boxes(evidence, boxes));
  head.score = score;
  head.suppressed = true;
  FoundHead found;
  const bool has_unnamed = evidence.classes() == head.classes - 1;  // of RF-DETR, whose scores are logistic
  if (score == Score::kSoftmax || is_distribution(evidence, head.scores[0]) || has_unnamed) {
    head.background = DenseHead::Background::kLast;
    --head.classes;
    found.reasons.push_back("the last score is taken to stand for no object");
  }
  found.clip = Clip::kNever;
  if (is_real_time_detr) found.family = Family::kRealTimeDetr;
  found.reasons.push_back(fmt::format("a box ({}) and scores of {} classes for each query of a transformer: DETR, without suppression",
                                      are_corners ? "corners" : "centre and size", head.classes));
  found.head = std::move(head);
  return checked(evidence, std::move(found));
}

// Candidates one after the other: [1,N,columns], or [N,columns].
struct Rows {
  std::int64_t count = 0, columns = 0;
};
std::optional<Rows> rows_of(const OutputShape& output) {
  const Shape& shape = output.shape;
  if (shape.size() == 3 && shape[0] == 1) return Rows{shape[1], shape[2]};
  return shape.size() == 2 ? std::optional(Rows{shape[0], shape[1]}) : std::nullopt;
}

// Which of two outputs of four columns is boxes: where an end was cut off, its scores are first; else boxes alone are behind a logistic
// function. Nothing where that is open.
std::optional<std::size_t> boxes_of_four_columns(const HeadEvidence& evidence) {
  if (evidence.facts().end == SourceFacts::End::kTopK || evidence.facts().end == SourceFacts::End::kSuppression) return 1;
  const auto is_logistic = [&](const OutputShape& output) {
    return is_unary(evidence.graph(), evidence.origin_of(output), UnaryKind::kSigmoid);
  };
  const bool first = is_logistic(evidence.outputs()[0]), second = is_logistic(evidence.outputs()[1]);
  return first == second ? std::nullopt : std::optional<std::size_t>(first ? 0 : 1);
}

}  // namespace

// Boxes and logistic scores joined are the form of Ultralytics' exports of RT-DETR, whose backbones begin with 3x3 or, as ResNet, with 7x7.
std::optional<Result<FoundHead>> head_of_joined_queries(const HeadEvidence& evidence, const OutputShape& output) {
  if (output.shape.size() != 3 || output.shape[0] != 1 || output.shape[2] <= kBoxColumns) return std::nullopt;
  const JoinedColumns joined = joined_columns(evidence.graph(), evidence.value_of(output), output.shape[2]);
  const bool fits = joined.parts.size() == 2 && joined.lengths[0] == kBoxColumns && is_projected(evidence.graph(), joined.parts[1]) &&
                    is_unary(evidence.graph(), origin_of(evidence.graph(), joined.parts[1]), UnaryKind::kSigmoid);
  if (!fits) return std::nullopt;
  DenseHead head;
  head.boxes = head.scores = head.objectness = {output.name};
  head.classes = static_cast<int>(joined.lengths[1]);
  return head_of_queries(evidence, joined.parts[0], std::move(head), Score::kProbability, !takes_patches(evidence.graph()));
}

Result<FoundHead> head_of_boxes_and_scores(HeadEvidence& evidence) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const OutputShape &boxes = evidence.outputs()[i], &scores = evidence.outputs()[1 - i];
    const auto box_rows = rows_of(boxes), score_rows = rows_of(scores);
    const bool fits = box_rows && score_rows && box_rows->count == score_rows->count && box_rows->columns == kBoxColumns &&
                      score_rows->columns <= kMaxClasses && (score_rows->columns != kBoxColumns || i == boxes_of_four_columns(evidence));
    if (!fits) continue;
    if (!evidence.is_made_by_matmul(scores)) return head_of_anchor_boxes(evidence, boxes, scores);
    DenseHead head;
    head.boxes = {boxes.name};
    head.scores = {scores.name};
    head.classes = static_cast<int>(score_rows->columns);
    OCTET_ASSIGN(const Score score, score_of_queries(evidence, scores));
    return head_of_queries(evidence, evidence.value_of(boxes), std::move(head), score, is_real_time_detr(evidence));
  }
  return open_question("its outputs are no boxes [1,N,4] with scores [1,N,classes]");
}

}  // namespace octet
