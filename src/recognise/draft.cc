#include "recognise/draft.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "model/head.h"
#include "recognise/at_rest.h"
#include "recognise/levels.h"
#include "recognise/origins.h"
#include "recognise/published_anchors.h"
#include "recognise/yolov5.h"

namespace octet {
namespace {

const std::vector<int> kPyramid = {8, 16, 32, 64, 128};  // the strides of EfficientDet's and RetinaNet's maps
constexpr std::int64_t kMostAnchors = 32;                // a cell
constexpr std::array<float, 4> kPlainOffsets{1, 1, 1, 1};

// What is open is told in part by what a graph makes of nothing (at_rest.h): zeros are as they left the convolutions.
class Resting {
 public:
  explicit Resting(const Graph& graph) : outputs_(outputs_at_rest(graph)) {}

  bool is_zero(const std::string& output) const {
    return outputs_ && std::ranges::all_of(to_vector<float>(outputs_->at(output)), [](float number) { return std::abs(number) < 1e-6f; });
  }

 private:
  std::optional<std::map<std::string, Tensor>> outputs_;
};

std::int64_t last_side(const OutputShape& output) { return output.shape.empty() ? 1 : output.shape.back(); }

std::optional<Head> yolo_draft(const std::vector<OutputShape>& outputs, const Resting& resting, ImageSize input) {
  const auto levels = find_anchor_levels(outputs, input);
  const auto anchors = levels ? yolov5_anchors(levels->strides) : std::vector<std::vector<YoloOutput::Anchor>>();
  if (anchors.empty() || levels->columns <= kBoxColumns + 1) return std::nullopt;
  YoloHead head;
  for (std::size_t i = 0; i < anchors.size(); ++i)
    head.outputs.push_back({.output = levels->outputs[i],
                            .kind = YoloOutput::Kind::kYolov5,
                            .anchors = anchors[i],
                            .classes = static_cast<int>(levels->columns - kBoxColumns - 1),
                            .new_coords = !resting.is_zero(levels->outputs[i])});
  return head;
}

// The map of centres is the one that has not two numbers; which of the others are sizes is for the reader.
std::optional<Head> centernet_draft(const std::vector<OutputShape>& outputs, const Resting& resting) {
  const auto is_map = [&](const OutputShape& output) {
    return output.shape.size() == 4 && std::equal(output.shape.begin() + 2, output.shape.end(), outputs[0].shape.begin() + 2);
  };
  if (outputs.size() != 3 || !std::ranges::all_of(outputs, is_map)) return std::nullopt;
  std::vector<OutputShape> ordered = outputs;
  std::ranges::stable_partition(ordered, [](const OutputShape& output) { return output.shape[1] != 2; });
  return CenterNetHead{{ordered[0].name, ordered[1].name, ordered[2].name},
                       static_cast<int>(ordered[0].shape[1]),
                       resting.is_zero(ordered[0].name) ? CenterNetHead::Score::kLogit : CenterNetHead::Score::kProbability};
}

// Boxes beside a score and a class each.
std::optional<Head> lists_draft(const std::vector<OutputShape>& outputs, std::optional<int> classes) {
  using enum ListHead::Column;
  const auto boxes = std::ranges::find(outputs, kBoxColumns, last_side);
  if (outputs.size() != 3 || boxes == outputs.end()) return std::nullopt;
  ListHead head{{boxes->name}, {kX0, kY0, kX1, kY1, kScore, kClass}, classes.value_or(0)};
  for (const OutputShape& output : outputs) {
    if (output.name == boxes->name) continue;
    if (kBoxColumns * element_count(output.shape) != element_count(boxes->shape)) return std::nullopt;
    head.outputs.push_back(output.name);
  }
  return head;
}

// A box and scores for each query of a transformer, as heads/queries.cc has them; whether they are a distribution is for the reader.
void draft_queries(const Graph& graph, const std::string& boxes, DenseHead& head) {
  head.box = is_of_corners(graph, graph.node(graph.find(boxes)).inputs[0]) ? DenseHead::Box::kCorners : DenseHead::Box::kCenter;
  head.unit = DenseHead::Unit::kFractions;
  head.suppressed = true;
}

// Gives offsets the anchors of EfficientDet, so many a cell of maps of these strides.
void set_efficientdet(const std::vector<int>& strides, std::int64_t anchors, ImageSize input, DenseHead& head) {
  head.box = DenseHead::Box::kAnchorOffsetsYx;
  head.anchor_maps = efficientdet_anchors(strides, static_cast<int>(anchors), input);
  head.box_scales = kPlainOffsets;
}

// As many scores as there are for a candidate, one of them for no object where there are more than names.
void set_classes(std::int64_t columns, std::optional<int> classes, DenseHead& head) {
  head.classes = static_cast<int>(std::clamp<std::int64_t>(columns, 1, kMaxClasses));
  if (!classes || *classes == head.classes || head.classes == 1) return;
  head.background = DenseHead::Background::kFirst;
  --head.classes;
}

// Maps of boxes and of scores of several anchors a cell: [1,A*4,H,W] and [1,A*classes,H,W], or with the columns last.
std::optional<Head> anchor_maps_draft(const std::vector<OutputShape>& outputs, const Resting& resting, ImageSize input,
                                      std::optional<int> classes) {
  const auto levels = find_levels(outputs, input);
  if (!levels || levels->anchors != 1 || levels->groups.size() != 2) return std::nullopt;
  for (const std::size_t boxes : {std::size_t{0}, std::size_t{1}}) {
    const ColumnGroup &of_boxes = levels->groups[boxes], &of_scores = levels->groups[1 - boxes];
    const auto anchors = anchors_a_cell(of_boxes.columns, of_scores.columns, classes);
    if (!anchors || of_boxes.outputs.size() != levels->strides.size() || *anchors > kMostAnchors) continue;
    DenseHead head;
    head.boxes = of_boxes.outputs;
    head.scores = of_scores.outputs;
    head.score = resting.is_zero(of_scores.outputs[0]) ? DenseHead::Score::kLogit : DenseHead::Score::kProbability;
    set_efficientdet(levels->strides, *anchors, input, head);
    set_classes(of_scores.columns / *anchors, classes, head);
    return head;
  }
  return std::nullopt;
}

// How many anchors a cell make so many candidates of the maps of a pyramid; nothing where no number does.
std::optional<std::int64_t> anchors_of_pyramid(std::int64_t candidates, ImageSize input) {
  std::int64_t cells = 0;
  for (const DenseHead::AnchorMap& map : efficientdet_anchors(kPyramid, 1, input)) cells += std::int64_t{map.columns} * map.rows;
  const std::int64_t anchors = candidates / cells;
  return candidates % cells == 0 && anchors > 1 && anchors <= kMostAnchors ? std::optional(anchors) : std::nullopt;
}

// Boxes [1,N,4] and scores [1,N,columns]; of an SSD or an EfficientDet, where neither is decoded.
std::optional<Head> boxes_and_scores_draft(const Graph& graph, const std::vector<OutputShape>& outputs, const Resting& resting,
                                           ImageSize input, std::optional<int> classes) {
  const auto boxes = std::ranges::find(outputs, kBoxColumns, last_side);
  if (outputs.size() != 2 || boxes == outputs.end()) return std::nullopt;
  const OutputShape& scores = outputs[boxes == outputs.begin() ? 1 : 0];
  DenseHead head;
  head.boxes = {boxes->name};
  head.scores = {scores.name};
  head.score = resting.is_zero(scores.name) ? DenseHead::Score::kLogit : DenseHead::Score::kProbability;
  head.classes = static_cast<int>(std::clamp<std::int64_t>(last_side(scores), 1, kMaxClasses));
  if (is_projected(graph, graph.node(graph.find(scores.name)).inputs[0])) {
    draft_queries(graph, boxes->name, head);
    return head;
  }
  if (!resting.is_zero(boxes->name)) {
    head.box = DenseHead::Box::kCorners;
    head.unit = DenseHead::Unit::kFractions;
    return head;
  }
  if (const auto anchors = anchors_of_pyramid(element_count(boxes->shape) / kBoxColumns, input)) {
    set_efficientdet(kPyramid, *anchors, input, head);
    set_classes(last_side(scores), classes, head);
    return head;
  }
  head.box = DenseHead::Box::kAnchorOffsetsYx;
  head.anchor_maps = ssd_anchors(input);
  set_classes(last_side(scores), classes.value_or(0), head);
  return head;
}

// As many as there are names, else as stand behind a box in rows or columns of numbers.
int likely_classes(const Shape& shape, std::optional<int> classes) {
  const std::int64_t columns = shape.size() == 3 ? std::min(shape[1], shape[2]) : kBoxColumns;
  return classes.value_or(static_cast<int>(std::clamp<std::int64_t>(columns - kBoxColumns, 1, kMaxClasses)));
}

Head plain_draft(const std::vector<OutputShape>& outputs, std::optional<int> classes) {
  using enum ListHead::Column;
  if (outputs.size() == 1 && last_side(outputs[0]) == 6)
    return ListHead{{outputs[0].name}, {kX0, kY0, kX1, kY1, kScore, kClass}, classes.value_or(0)};
  DenseHead head;
  for (const OutputShape& output : outputs) head.boxes.push_back(output.name);
  head.scores = head.objectness = head.boxes;
  head.classes = outputs.size() == 1 ? likely_classes(outputs[0].shape, classes) : classes.value_or(1);
  return head;
}

Head head_draft(const Graph& graph, const std::vector<OutputShape>& outputs, const Resting& resting, ImageSize input,
                std::optional<int> classes) {
  if (auto yolo = yolo_draft(outputs, resting, input)) return *std::move(yolo);
  if (auto anchors = anchor_maps_draft(outputs, resting, input, classes)) return *std::move(anchors);
  if (auto centernet = centernet_draft(outputs, resting)) return *std::move(centernet);
  if (auto lists = lists_draft(outputs, classes)) return *std::move(lists);
  if (auto dense = boxes_and_scores_draft(graph, outputs, resting, input, classes)) return *std::move(dense);
  return plain_draft(outputs, classes);
}

// What of a head comes from a publication.
std::string what_to_check(const Head& head) {
  if (std::holds_alternative<YoloHead>(head)) return "the anchors are YOLOv5's as published";
  const auto* dense = std::get_if<DenseHead>(&head);
  if (!dense || !dense->is_of_anchors()) return {};
  if (dense->box_scales != kPlainOffsets) return "the anchors and the order y, x of the boxes are those of TensorFlow's SSD as published";
  return "the anchors and the order y, x of the boxes are EfficientDet's as published (sides of 4 cells, of 3 in lite0 to lite2); "
         "RetinaNets "
         "have others, and PyTorch's have x before y (octet_box: anchor_offsets)";
}

// As it stands in a flow map of YAML: words and numbers as they are, JSON in quotes.
std::string in_flow(const std::string& value) {
  if (value.find_first_of("[]{},:#'\"&*!|>%@`") == std::string::npos) return value;
  std::string quoted = "'";
  for (const char c : value) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Draft draft_of_model(const Graph& graph, ImageSize input, std::optional<int> classes) {
  const Head head = head_draft(graph, output_shapes(graph), Resting(graph), input, classes);
  Draft draft{{}, what_to_check(head)};
  ModelInfo& info = draft.info;
  std::visit(
      [&](const auto& kind) {
        info["octet_head"] = kind.kName;
        kind.write(info);
      },
      head);
  std::erase_if(info, [](const auto& entry) { return !entry.first.starts_with("octet_"); });  // those of Model API
  return draft;
}

std::string description_text(const Draft& draft) {
  std::string text;
  for (const auto& [key, value] : draft.info) text += (text.empty() ? "" : ", ") + key + ": " + in_flow(value);
  text = "model_info: {" + text + "}";
  return draft.to_check.empty() ? text : text + ", where check: " + draft.to_check;
}

}  // namespace octet
