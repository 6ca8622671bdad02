#include "recognise/head.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "graph/op_functions.h"
#include "graph/patterns.h"
#include "recognise/at_rest.h"
#include "recognise/cells.h"
#include "recognise/levels.h"
#include "recognise/yolov5.h"
#include "tensor/columns.h"

namespace octet {
namespace {

using Box = DenseHead::Box;
using Score = DenseHead::Score;

constexpr std::int64_t kBoxColumns = 4, kMaxClasses = 1 << 16;

// PicoDet's distances of sides, an output a map: no other of that many maps has them beside its scores.
constexpr int kPicoDetBins = 8;
const std::vector<int> kPicoDetStrides = {8, 16, 32, 64};

// What the numbers of one column are where convolutions give nothing.
struct RestingColumn {
  double least = std::numeric_limits<double>::infinity(), most = -least;

  bool is_constant() const { return most - least < 1e-4; }
  bool is_zero() const { return is_constant() && std::abs(most) < 1e-6; }
  bool is_one() const { return is_constant() && std::abs(most - 1) < 1e-6; }
  bool is_probability() const { return is_constant() && most > 1e-6 && most < 1 - 1e-6; }
};

// The operation behind a value, copies and changes of shape left out.
Value origin_of(const Graph& graph, Value value) {
  for (int hops = 0; hops < 32; ++hops) {
    const Node& node = graph.node(value);
    const bool copies = std::holds_alternative<Reshape>(node.op) || std::holds_alternative<Transpose>(node.op) ||
                        std::holds_alternative<Squeeze>(node.op) || std::holds_alternative<Unsqueeze>(node.op) ||
                        std::holds_alternative<Convert>(node.op) || std::holds_alternative<FakeQuantize>(node.op) ||
                        std::holds_alternative<Gather>(node.op);
    if (!copies) break;
    value = node.inputs[0];
  }
  return value;
}

template <typename Operation>
bool has_operation(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) { return std::holds_alternative<Operation>(node.op); });
}

// Whether the nearest operation with weights behind a value is a MatMul: the head of a transformer.
bool is_projected(const Graph& graph, Value value) {
  for (int hops = 0; hops < 64; ++hops) {
    const Node& node = graph.node(value);
    if (std::holds_alternative<MatMul>(node.op)) return true;
    if (is_convolution(node.op)) return false;
    const auto computed = std::ranges::find_if(node.inputs, [&](Value input) { return !graph.constant(input); });
    if (computed == node.inputs.end()) return false;
    value = *computed;
  }
  return false;
}

// What was put side by side to make `columns` columns of an output; nothing where nothing was.
struct JoinedColumns {
  std::vector<Value> parts;
  std::vector<std::int64_t> lengths;
};

JoinedColumns joined_columns(const Graph& graph, Value value, std::int64_t columns) {
  for (int hops = 0; hops < 16; ++hops) {
    value = origin_of(graph, value);
    const Node& node = graph.node(value);
    const auto* concat = std::get_if<Concat>(&node.op);
    if (!concat) return {};
    const auto rank = std::ssize(graph.shape(value));
    const auto axis = static_cast<std::size_t>(concat->axis < 0 ? concat->axis + rank : concat->axis);
    if (graph.shape(value)[axis] == columns) {
      JoinedColumns joined{node.inputs, {}};
      for (const Value input : node.inputs) joined.lengths.push_back(graph.shape(input)[axis]);
      return joined;
    }
    value = node.inputs[0];  // of the candidates of several maps: the first
  }
  return {};
}

// Whether a value is whole numbers that were made floats.
bool is_of_whole_numbers(const Graph& graph, Value value) {
  for (int hops = 0; hops < 32; ++hops) {
    const Node& node = graph.node(value);
    if (std::holds_alternative<Convert>(node.op) && ops::is_integer(graph.type(node.inputs[0]).element)) return true;
    const bool copies = std::holds_alternative<Reshape>(node.op) || std::holds_alternative<Transpose>(node.op) ||
                        std::holds_alternative<Squeeze>(node.op) || std::holds_alternative<Unsqueeze>(node.op) ||
                        std::holds_alternative<Convert>(node.op);
    if (!copies) return false;
    value = node.inputs[0];
  }
  return false;
}

// Marks what a value is computed of.
std::vector<bool> nodes_behind(const Graph& graph, Value value) {
  std::vector<bool> behind(graph.nodes().size());
  std::vector<NodeId> open{value.node};
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    for (const Value input : graph.nodes()[index_of(id)].inputs)
      if (!behind[index_of(input.node)]) {
        behind[index_of(input.node)] = true;
        open.push_back(input.node);
      }
  }
  return behind;
}

class HeadFinder {
 public:
  HeadFinder(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes)
      : graph_(graph), facts_(facts), input_(input), classes_(classes), outputs_(output_shapes(graph)) {}

  Result<FoundHead> find() {
    auto found = of_outputs();
    if (found.ok() || found.error().code != ErrorCode::kUnsupported || outputs_.size() > kMostOutputs) return found;
    std::vector<OutputShape> last = last_outputs();
    if (last.size() == outputs_.size()) return found;
    outputs_ = std::move(last);
    auto of_last = of_outputs();
    if (!of_last.ok()) return found;
    of_last->reasons.push_back("outputs of which others are computed are left out");
    return of_last;
  }

 private:
  static Error open(const std::string& why) { return {ErrorCode::kUnsupported, why}; }

  Result<FoundHead> of_outputs() {
    if (is_detection_output()) return detection_output();
    // Before the cells, whose number may be that of the queries or of the rows by chance.
    if (outputs_.size() == 2 && std::ranges::all_of(outputs_, [&](const OutputShape& output) { return is_made_by_matmul(output); }))
      return of_two_outputs();
    if (outputs_.size() == 1) {
      if (is_chosen_rows(outputs_[0])) return rows_of_six();
      if (auto head = joined_queries(outputs_[0])) return queries(*std::move(head), Score::kProbability, true);
    }
    if (const auto levels = find_levels(outputs_, input_)) {
      OCTET_RETURN_IF_ERROR(let_rest());
      return of_levels(*levels);
    }
    if (!outputs_.empty() && outputs_[0].shape.size() == 5) return of_anchor_maps();
    if (outputs_.size() == 1) return of_one_output();
    if (outputs_.size() == 2) return of_two_outputs();
    if (outputs_.size() == 3) return of_three_outputs();
    return open(fmt::format("whether its {} outputs are of one detector", outputs_.size()));
  }

  // Without those of which others are computed: raw maps beside what is decoded of them, the last features of a transformer.
  std::vector<OutputShape> last_outputs() const {
    std::vector<bool> behind_one(graph_.nodes().size());
    for (const OutputShape& output : outputs_) {
      const std::vector<bool> behind = nodes_behind(graph_, value_of(output.name));
      for (std::size_t i = 0; i < behind.size(); ++i) behind_one[i] = behind_one[i] || behind[i];
    }
    std::vector<OutputShape> last;
    for (const OutputShape& output : outputs_)
      if (!behind_one[index_of(value_of(output.name).node)]) last.push_back(output);
    return last;
  }

  bool is_made_by_matmul(const OutputShape& output) const { return is_projected(graph_, value_of(output.name)); }

  Value value_of(const std::string& output) const { return graph_.node(graph_.find(output)).inputs[0]; }

  // ---- What the graph makes of nothing -----------------------------------------------------------------------

  Status let_rest() {
    if (!rest_) rest_ = outputs_at_rest(graph_);
    if (rest_) return {};
    return open("the operations behind the last convolutions are too many to tell what they make of them");
  }

  std::vector<RestingColumn> resting_columns(const ColumnGroup& group) const {
    std::vector<RestingColumn> columns(static_cast<std::size_t>(group.columns));
    for (const std::string& output : group.outputs) {
      const ColumnValues values = resting_values(output, group.columns);
      for (std::size_t row = 0; row < values.columns.rows; ++row)
        for (std::size_t i = 0; i < columns.size(); ++i) {
          columns[i].least = std::min(columns[i].least, values.at(row, i));
          columns[i].most = std::max(columns[i].most, values.at(row, i));
        }
    }
    return columns;
  }

  ColumnValues resting_values(const std::string& output, std::int64_t columns) const {
    const Tensor& tensor = rest_->at(output);
    return {tensor.values<float>(), columns_of(tensor.shape(), columns).value_or(Columns{}), 0};
  }

  std::optional<RestingBoxes> resting_boxes(const Levels& levels, const ColumnGroup& group) const {
    std::vector<double> boxes;
    for (const std::string& output : group.outputs) {
      const ColumnValues values = resting_values(output, group.columns);
      for (std::size_t row = 0; row < values.columns.rows; ++row)
        for (std::size_t i = 0; i < 4; ++i) boxes.push_back(values.at(row, i));
    }
    return boxes_at_cells(boxes, levels.strides, levels.anchors, input_);
  }

  // Keypoints, angles and coefficients of masks beside the scores differ from them where nothing is seen.
  static bool are_scores(std::span<const RestingColumn> columns) {
    const auto is_alike = [&](const RestingColumn& column) {
      return (column.is_zero() || column.is_probability()) && std::abs(column.most - columns[0].most) < 1e-4;
    };
    return !columns.empty() && std::ranges::all_of(columns, is_alike);
  }

  static Score score_of(const RestingColumn& column) { return column.is_zero() ? Score::kLogit : Score::kProbability; }

  // ---- Outputs whose candidates are cells --------------------------------------------------------------------

  Result<FoundHead> of_levels(const Levels& levels) {
    if (levels.groups.size() == 1) return of_joined(levels);
    if (levels.groups.size() == 2) return of_boxes_and_scores(levels);
    if (levels.groups.size() == 3) return of_three_groups(levels);
    return open("more than boxes, objectness and scores");
  }

  // A head with all columns in one output a level.
  FoundHead joined_head(const Levels& levels) const {
    FoundHead found;
    DenseHead head;
    head.boxes = head.scores = head.objectness = levels.groups[0].outputs;
    found.head = head;
    return found;
  }

  Result<FoundHead> of_joined(const Levels& levels) {
    const ColumnGroup& group = levels.groups[0];
    if (group.columns <= kBoxColumns) return open(fmt::format("{} numbers a candidate are too few for a box and scores", group.columns));
    const std::vector<RestingColumn> columns = resting_columns(group);
    if (const auto boxes = resting_boxes(levels, group)) return of_decoded(levels, *boxes, columns);
    if (levels.anchors == 1) return of_raw(levels, columns);
    return open("three candidates a cell whose boxes are not decoded");
  }

  Result<FoundHead> of_decoded(const Levels& levels, const RestingBoxes& boxes, const std::vector<RestingColumn>& columns) {
    FoundHead found = joined_head(levels);
    auto& head = std::get<DenseHead>(found.head);
    head.box = boxes.box;
    head.unit = boxes.unit;
    const bool is_yolox = boxes.cell_offset == 0;
    head.has_objectness = levels.anchors == 3 || is_yolox || columns[4].is_one();
    const auto scores = std::span(columns).subspan(head.has_objectness ? 5 : 4);
    if (!are_scores(scores)) return open(kNotScores);
    head.classes = static_cast<int>(scores.size());
    head.score = score_of(scores[0]);
    head.suppressed = facts_.end == SourceFacts::End::kTopK;
    found.family = is_yolox ? Family::kYolox : Family::kUltralytics;
    found.reasons.push_back(fmt::format("decoded boxes ({}, in {}) around {} in each cell of strides {}{}, scores of {} classes",
                                        boxes.box == Box::kCenter ? "centre and size" : "corners",
                                        boxes.unit == DenseHead::Unit::kPixels ? "pixels" : "fractions of the input",
                                        levels.anchors == 1 ? "a point" : fmt::format("{} anchors", levels.anchors),
                                        fmt::join(levels.strides, ", "), head.has_objectness ? ", an objectness" : "", head.classes));
    return checked(std::move(found));
  }

  // As it leaves the convolutions, or with the logistic function on the scores alone.
  Result<FoundHead> of_raw(const Levels& levels, const std::vector<RestingColumn>& columns) {
    const auto is_zero = [](const RestingColumn& column) { return column.is_zero(); };
    const auto is_probability = [](const RestingColumn& column) { return column.is_probability(); };
    const std::ptrdiff_t count = std::ssize(columns);
    const std::ptrdiff_t zeros_first = std::ranges::find_if_not(columns, is_zero) - columns.begin();
    const std::ptrdiff_t scores_first = std::ranges::find_if_not(columns, is_probability) - columns.begin();
    if (scores_first == count) return of_anchor_maps();  // a logistic function on all that leaves the convolutions
    if (zeros_first < count && std::all_of(columns.begin() + zeros_first, columns.end(), is_probability)) {
      if (zeros_first == kBoxColumns && (!classes_ || count == kBoxColumns + 1 + *classes_))
        return yolox(levels, joined_classes(levels), Score::kProbability);
      return distances(levels, zeros_first, false, Score::kProbability);
    }
    if (scores_first > 0 && std::all_of(columns.begin() + scores_first, columns.end(), is_zero))
      return distances(levels, count - scores_first, true, Score::kProbability);
    if (zeros_first == count) return of_logits(levels);
    return open("boxes that are neither decoded nor as they leave the convolutions");
  }

  // Nothing is known of the columns but how many there are, and what was put side by side.
  Result<FoundHead> of_logits(const Levels& levels) {
    const std::int64_t count = levels.groups[0].columns;
    const auto parts = joined_columns(graph_, value_of(levels.groups[0].outputs[0]), count).lengths;
    if (parts.size() == 3 && parts[0] == kBoxColumns && parts[1] == 1) return yolox(levels, joined_classes(levels), Score::kLogit);
    if (classes_ && count == kBoxColumns + 1 + *classes_) return yolox(levels, joined_classes(levels), Score::kLogit);
    if (parts.size() == 2 && parts[0] % kBoxColumns == 0 && (!classes_ || parts[1] == *classes_))
      return distances(levels, parts[0], false, Score::kLogit);
    if (classes_ && count > *classes_ && (count - *classes_) % kBoxColumns == 0)
      return distances(levels, count - *classes_, false, Score::kLogit);
    return of_anchor_maps();
  }

  // Of a box, an objectness and scores in one output.
  static std::int64_t joined_classes(const Levels& levels) { return levels.groups[0].columns - kBoxColumns - 1; }

  Result<FoundHead> yolox(const Levels& levels, std::int64_t classes, Score score) {
    FoundHead found = joined_head(levels);
    auto& head = std::get<DenseHead>(found.head);
    head.box = Box::kGridCenter;
    head.cell_offset = 0;
    head.strides = levels.strides;
    head.has_objectness = true;
    head.classes = static_cast<int>(classes);
    head.score = score;
    found.family = Family::kYolox;
    found.reasons.push_back(fmt::format("raw boxes, an objectness and scores of {} classes in each cell of strides {}: YOLOX", head.classes,
                                        fmt::join(levels.strides, ", ")));
    return checked(std::move(found));
  }

  Result<FoundHead> distances(const Levels& levels, std::int64_t box_columns, bool scores_first, Score score) {
    if (box_columns % kBoxColumns != 0) return open(fmt::format("{} numbers of a box, which is not four of anything", box_columns));
    FoundHead found = joined_head(levels);
    auto& head = std::get<DenseHead>(found.head);
    set_distances(levels, box_columns, head);
    head.scores_first = scores_first;
    if (scores_first && levels.strides.size() == 4) head.cell_offset = 0;  // NanoDet-Plus, whose priors are corners of cells
    head.classes = static_cast<int>(levels.groups[0].columns - box_columns);
    head.score = score;
    found.family = scores_first ? Family::kNanoDet : Family::kUltralytics;
    found.reasons.push_back(distances_text(levels, head));
    return checked(std::move(found));
  }

  static void set_distances(const Levels& levels, std::int64_t box_columns, DenseHead& head) {
    head.box = Box::kDistances;
    head.bins = box_columns == kBoxColumns ? 0 : static_cast<int>(box_columns / kBoxColumns);
    head.strides = levels.strides;
  }

  static std::string distances_text(const Levels& levels, const DenseHead& head) {
    return fmt::format("distances of the sides of a box{} and scores of {} classes in each cell of strides {}",
                       head.bins > 0 ? fmt::format(", distributions over {} bins each,", head.bins) : "", head.classes,
                       fmt::join(levels.strides, ", "));
  }

  // Which of two groups is the boxes: by the number of names, else by what they are where nothing is seen; nothing where that is open.
  std::optional<std::size_t> boxes_among(const Levels& levels) const {
    const auto is_boxes = [&](std::size_t i) { return levels.groups[i].columns % kBoxColumns == 0; };
    if (!is_boxes(0) && !is_boxes(1)) return std::nullopt;
    if (is_boxes(0) != is_boxes(1)) return is_boxes(0) ? 0 : 1;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      if (classes_ && levels.groups[i].columns != *classes_ && levels.groups[1 - i].columns == *classes_) return i;
      if (levels.groups[i].columns == kBoxColumns && resting_boxes(levels, levels.groups[i])) return i;
    }
    const bool zero[] = {resting_columns(levels.groups[0])[0].is_zero(), resting_columns(levels.groups[1])[0].is_zero()};
    if (zero[0] != zero[1]) return zero[0] ? 0 : 1;
    if (levels.groups[0].columns == levels.groups[1].columns) return std::nullopt;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
      if (levels.groups[i].columns == kBoxColumns) return i;
    return std::nullopt;
  }

  Result<FoundHead> of_boxes_and_scores(const Levels& levels) {
    const auto place = boxes_among(levels);
    if (!place) return open(kWhichAreBoxes);
    const ColumnGroup &boxes = levels.groups[*place], &scores = levels.groups[1 - *place];
    FoundHead found;
    DenseHead head;
    head.boxes = boxes.outputs;
    head.scores = scores.outputs;
    head.classes = static_cast<int>(scores.columns);
    const std::vector<RestingColumn> resting_scores = resting_columns(scores);
    if (!are_scores(resting_scores)) return open(kNotScores);
    head.score = score_of(resting_scores[0]);
    const auto resting = boxes.columns == kBoxColumns ? resting_boxes(levels, boxes) : std::nullopt;
    if (resting) {
      head.box = resting->box;
      head.unit = resting->unit;
      found.reasons.push_back(
          fmt::format("decoded boxes and scores of {} classes in each cell of strides {}", head.classes, fmt::join(levels.strides, ", ")));
    } else {
      set_distances(levels, boxes.columns, head);
      if (head.bins == kPicoDetBins && levels.strides == kPicoDetStrides && boxes.outputs.size() == kPicoDetStrides.size())
        found.family = Family::kPicoDet;
      found.reasons.push_back(distances_text(levels, head));
    }
    if (facts_.end == SourceFacts::End::kTopK) {
      head.suppressed = true;
      found.family = Family::kUltralytics;
      found.reasons.push_back("the file ends in the best of all: no box is suppressed (YOLOv10, YOLO26)");
    }
    found.head = head;
    return checked(std::move(found));
  }

  // Boxes, objectness and scores apart: YOLOX without its last concatenation.
  Result<FoundHead> of_three_groups(const Levels& levels) {
    const ColumnGroup *boxes = nullptr, *objectness = nullptr, *scores = nullptr;
    const auto may_be_boxes = [&](const ColumnGroup& group) { return group.columns == kBoxColumns && resting_columns(group)[0].is_zero(); };
    if (std::ranges::count_if(levels.groups, may_be_boxes) > 1) return open(kWhichAreBoxes);
    for (const ColumnGroup& group : levels.groups)
      (group.columns == 1 && !objectness ? objectness : may_be_boxes(group) ? boxes : scores) = &group;
    if (!boxes || !objectness || !scores) return open("three outputs a level that are not a box, an objectness and scores");
    if (resting_boxes(levels, *boxes)) return open("decoded boxes with an objectness apart");
    OCTET_ASSIGN(FoundHead found, yolox(levels, scores->columns, score_of(resting_columns(*scores)[0])));
    auto& head = std::get<DenseHead>(found.head);
    head.boxes = boxes->outputs;
    head.objectness = objectness->outputs;
    head.scores = scores->outputs;
    return found;
  }

  // ---- Candidates of anchors ---------------------------------------------------------------------------------

  // Maps with three anchors a cell, as they leave the convolutions or with a logistic function on all. The anchors are not in the file;
  // those of YOLOv5 as it is published are taken where the network is that, and else asked for.
  Result<FoundHead> of_anchor_maps() {
    OCTET_RETURN_IF_ERROR(let_rest());
    const auto levels = find_anchor_levels(outputs_, input_);
    if (!levels || levels->columns <= kBoxColumns + 1 || levels->columns > kMaxClasses) return open(kAnchors);
    const auto anchors = yolov5_anchors(levels->strides);
    const bool is_ultralytics = facts_.metadata.contains("names") && facts_.metadata.contains("stride");
    const std::optional<double> resting = resting_number(levels->outputs);
    const auto classes = static_cast<int>(levels->columns - kBoxColumns - 1);
    const bool is_yolov5 = !anchors.empty() && (is_ultralytics || begins_as_yolov5(graph_)) && classes_.value_or(classes) == classes;
    if (!is_yolov5 || (resting != 0 && resting != 0.5)) return open(kAnchors);
    FoundHead found;
    YoloHead head;
    for (std::size_t i = 0; i < anchors.size(); ++i)
      head.outputs.push_back({.output = levels->outputs[i],
                              .kind = YoloOutput::Kind::kYolov5,
                              .anchors = anchors[i],
                              .classes = classes,
                              .new_coords = resting == 0.5});
    found.head = std::move(head);
    found.family = Family::kUltralytics;
    found.suppression = suppression_of(found.family);
    found.reasons = {
        fmt::format("raw maps of 3 anchors, an objectness and scores of {} classes in each cell of strides {}: YOLOv5 by {}", classes,
                    fmt::join(levels->strides, ", "), is_ultralytics ? "its metadata" : "its first convolution"),
        "the anchors are not in the file: taken to be those with which YOLOv5 is published; others are declared (octet_heads)"};
    return found;
  }

  // The one number that all of these outputs are where nothing is seen.
  std::optional<double> resting_number(const std::vector<std::string>& outputs) const {
    RestingColumn all;
    for (const std::string& output : outputs)
      for (const float number : rest_->at(output).values<float>()) {
        all.least = std::min(all.least, static_cast<double>(number));
        all.most = std::max(all.most, static_cast<double>(number));
      }
    return all.is_zero() ? std::optional(0.0) : all.is_constant() && std::abs(all.most - 0.5) < 1e-6 ? std::optional(0.5) : std::nullopt;
  }

  // Boxes that the graph decodes of its anchors, [1,N,4], and scores [1,N,columns]: SSD, RetinaNet.
  Result<FoundHead> of_anchor_boxes(const OutputShape& boxes, const OutputShape& scores) {
    OCTET_RETURN_IF_ERROR(let_rest());
    if (resting_number({boxes.name}) == 0.0) return open(kAnchorOffsets);
    const auto numbers = rest_->at(boxes.name).values<float>();
    const auto form = boxes_of_anchors({numbers.begin(), numbers.end()}, input_);
    if (!form) return open("whether its boxes are corners, and in which unit");
    DenseHead head;
    head.boxes = {boxes.name};
    head.scores = {scores.name};
    head.box = form->box;
    head.unit = form->unit;
    head.classes = static_cast<int>(scores.shape.back());
    OCTET_RETURN_IF_ERROR(set_scores_of_anchors(scores, head));
    FoundHead found;
    found.reasons.push_back(fmt::format("decoded boxes ({}, in {}) around anchors, scores of {} classes{}: SSD",
                                        form->box == Box::kCenter ? "centre and size" : "corners",
                                        form->unit == DenseHead::Unit::kPixels ? "pixels" : "fractions of the input", head.classes,
                                        head.background == DenseHead::Background::kFirst ? " behind one of no object" : ""));
    found.head = std::move(head);
    return checked(std::move(found));
  }

  // A distribution has a class for "no object", the first; of logistic scores the names tell whether there is one.
  Status set_scores_of_anchors(const OutputShape& scores, DenseHead& head) const {
    const std::vector<RestingColumn> columns = resting_columns({head.classes, {scores.name}});
    if (!are_scores(columns) || columns[0].is_zero()) return open(kLogitsOfAnchors);
    const bool is_distribution = head.classes > 2
                                     ? std::abs(columns[0].most * head.classes - 1) < 1e-3
                                     : std::holds_alternative<SoftMax>(graph_.node(origin_of(graph_, value_of(scores.name))).op);
    if (!is_distribution && !classes_) return open(kFirstOfAnchors);
    if (!is_distribution && *classes_ == head.classes) return {};
    head.background = DenseHead::Background::kFirst;
    --head.classes;
    return {};
  }

  // ---- Others ------------------------------------------------------------------------------------------------

  bool is_detection_output() const {
    return outputs_.size() == 1 && std::holds_alternative<DetectionOutput>(graph_.node(value_of(outputs_[0].name)).op);
  }

  Result<FoundHead> detection_output() const {
    FoundHead found;
    found.head = DetectionOutputHead{};
    found.reasons.push_back("its output is that of a DetectionOutput");
    return found;
  }

  // Corners, score and the number of a class.
  bool is_chosen_rows(const OutputShape& output) const {
    if (output.shape.size() != 3 || output.shape[0] != 1 || output.shape[2] != 6) return false;
    const JoinedColumns joined = joined_columns(graph_, value_of(output.name), 6);
    return !joined.parts.empty() && joined.lengths.back() == 1 && is_of_whole_numbers(graph_, joined.parts.back());
  }

  // Boxes and logistic scores of queries, side by side in one output: RT-DETR by Ultralytics.
  std::optional<DenseHead> joined_queries(const OutputShape& output) const {
    if (output.shape.size() != 3 || output.shape[0] != 1 || output.shape[2] <= kBoxColumns) return std::nullopt;
    const JoinedColumns joined = joined_columns(graph_, value_of(output.name), output.shape[2]);
    const bool fits = joined.parts.size() == 2 && joined.lengths[0] == kBoxColumns && is_projected(graph_, joined.parts[1]) &&
                      is_unary(graph_, origin_of(graph_, joined.parts[1]), UnaryKind::kSigmoid);
    if (!fits) return std::nullopt;
    DenseHead head;
    head.boxes = head.scores = head.objectness = {output.name};
    head.classes = static_cast<int>(joined.lengths[1]);
    return head;
  }

  // Rows of a detection each.
  Result<FoundHead> of_one_output() {
    const Shape& shape = outputs_[0].shape;
    const bool is_rows = shape.size() == 3 && shape[0] == 1;
    if (is_rows && shape[2] == 6 && facts_.end != SourceFacts::End::kDetectionOutput && !is_made_by_matmul(outputs_[0]))
      return rows_of_six();
    return open("its number of candidates is that of no feature maps of strides from 4 to 128");
  }

  Result<FoundHead> rows_of_six() const {
    using enum ListHead::Column;
    FoundHead found;
    found.head = ListHead{{outputs_[0].name}, {kX0, kY0, kX1, kY1, kScore, kClass}, classes_.value_or(0)};
    found.family = Family::kUltralytics;
    found.reasons.push_back("rows of six numbers: corners, score and class of what the network has chosen (YOLOv10, YOLO26)");
    return found;
  }

  Result<FoundHead> queries(DenseHead head, Score score, bool is_real_time_detr) const {
    head.box = Box::kCenter;
    head.unit = DenseHead::Unit::kFractions;
    head.score = score;
    head.suppressed = true;
    if (score == Score::kSoftmax) {
      head.background = DenseHead::Background::kLast;
      --head.classes;
    }
    FoundHead found;
    found.clip = false;
    if (is_real_time_detr) found.family = Family::kRealTimeDetr;
    found.reasons.push_back(
        fmt::format("a box and scores of {} classes for each query of a transformer: DETR, without suppression", head.classes));
    found.head = std::move(head);
    return checked(std::move(found));
  }

  // Candidates one after the other: [1,N,columns], or [N,columns].
  struct Rows {
    std::int64_t count = 0, columns = 0;
  };
  static std::optional<Rows> rows_of(const OutputShape& output) {
    const Shape& shape = output.shape;
    if (shape.size() == 3 && shape[0] == 1) return Rows{shape[1], shape[2]};
    return shape.size() == 2 ? std::optional(Rows{shape[0], shape[1]}) : std::nullopt;
  }

  Result<FoundHead> of_two_outputs() {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      const OutputShape &boxes = outputs_[i], &scores = outputs_[1 - i];
      const auto box_rows = rows_of(boxes), score_rows = rows_of(scores);
      const bool fits = box_rows && score_rows && box_rows->count == score_rows->count && box_rows->columns == kBoxColumns &&
                        score_rows->columns <= kMaxClasses && (score_rows->columns != kBoxColumns || i == boxes_of_four_columns());
      if (!fits) continue;
      if (!is_projected(graph_, value_of(scores.name))) return of_anchor_boxes(boxes, scores);
      DenseHead head;
      head.boxes = {boxes.name};
      head.scores = {scores.name};
      head.classes = static_cast<int>(score_rows->columns);
      OCTET_ASSIGN(const Score score, score_of_queries(scores));
      return queries(std::move(head), score, is_real_time_detr());
    }
    return open("its outputs are no boxes [1,N,4] with scores [1,N,classes]");
  }

  // Which of two outputs of four columns is boxes: where an end was cut off, its scores are first; else boxes alone are behind a logistic
  // function. Nothing where that is open.
  std::optional<std::size_t> boxes_of_four_columns() const {
    if (facts_.end == SourceFacts::End::kTopK || facts_.end == SourceFacts::End::kSuppression) return 1;
    const auto is_logistic = [&](const OutputShape& output) {
      return is_unary(graph_, origin_of(graph_, value_of(output.name)), UnaryKind::kSigmoid);
    };
    const bool first = is_logistic(outputs_[0]), second = is_logistic(outputs_[1]);
    return first == second ? std::nullopt : std::optional<std::size_t>(first ? 0 : 1);
  }

  // DETRs with deformable attention have a logistic score a class, the first one a distribution over the classes and "no object".
  Result<Score> score_of_queries(const OutputShape& scores) const {
    const Value origin = origin_of(graph_, value_of(scores.name));
    if (is_unary(graph_, origin, UnaryKind::kSigmoid)) return Score::kProbability;
    if (classes_) return scores.shape.back() == *classes_ + 1 ? Score::kSoftmax : Score::kLogit;
    if (facts_.end == SourceFacts::End::kTopK || has_operation<GridSample>(graph_)) return Score::kLogit;
    return open(
        fmt::format("whether its scores are logistic, of {} classes, or a distribution over {} and no object: name the classes (--labels)",
                    scores.shape.back(), scores.shape.back() - 1));
  }

  // Queries chosen by their scores, sampled attention, and a convolutional backbone that begins as those of RT-DETR and D-FINE do. The
  // others of the kind begin with patches or with 7x7, and take other pictures.
  bool is_real_time_detr() const {
    if (facts_.end == SourceFacts::End::kTopK) return true;
    if (!has_operation<GridSample>(graph_) || !has_operation<TopK>(graph_)) return false;
    const auto first = std::ranges::find_if(graph_.nodes(), [](const Node& node) { return is_convolution(node.op); });
    const auto geometry = first == graph_.nodes().end() ? std::nullopt : convolution_geometry(graph_, *first);
    return geometry && geometry->inputs() == 3 && geometry->kernel == Spatial{3, 3} && geometry->strides == Spatial{2, 2};
  }

  Result<FoundHead> of_three_outputs() const {
    if (are_centers()) return open(kCenters);
    if (are_lists()) return open(kLists);
    return open("its numbers of candidates are those of no feature maps of strides from 4 to 128");
  }

  // Three maps of the same cells, two of them of two numbers.
  bool are_centers() const {
    const auto is_of_first = [&](const OutputShape& output) {
      return output.shape.size() == 4 && outputs_[0].shape.size() == 4 && output.shape[2] == outputs_[0].shape[2] &&
             output.shape[3] == outputs_[0].shape[3];
    };
    return std::ranges::all_of(outputs_, is_of_first) &&
           std::ranges::count_if(outputs_, [](const OutputShape& output) { return output.shape[1] == 2; }) >= 2;
  }

  // Boxes, a score each and a class each.
  bool are_lists() const {
    const auto count = [&](const OutputShape& output) { return element_count(output.shape); };
    const auto boxes = std::ranges::find_if(outputs_, [](const OutputShape& output) {
      return output.shape.size() >= 2 && output.shape.size() <= 3 && output.shape.back() == kBoxColumns;
    });
    return boxes != outputs_.end() &&
           std::ranges::count_if(outputs_, [&](const OutputShape& output) { return 4 * count(output) == count(*boxes); }) == 2;
  }

  // That of a family.
  static Suppression suppression_of(Family family) {
    if (family == Family::kUltralytics) return {.iou_limit = 0.7f};
    return {.iou_limit = family == Family::kYolox ? 0.65f : 0.6f};
  }

  // The last look at what was found.
  Result<FoundHead> checked(FoundHead found) const {
    const auto& head = std::get<DenseHead>(found.head);
    if (head.classes < 1 || head.classes > kMaxClasses) return open(fmt::format("{} classes", head.classes));
    const bool may_name_background = head.background == DenseHead::Background::kFirst && classes_ == head.classes + 1;
    if (classes_ && head.classes != *classes_ && !may_name_background)
      return Error{ErrorCode::kMalformed, fmt::format("its outputs have {} classes, but it names {}", head.classes, *classes_)};
    found.suppression = suppression_of(found.family);
    if (found.family == Family::kYolox) found.clip = false;
    if (facts_.nms_iou >= 0 && facts_.nms_iou <= 1) found.suppression.iou_limit = facts_.nms_iou;
    return found;
  }

  static constexpr std::size_t kMostOutputs = 64;  // no detector has more
  static constexpr const char* kWhichAreBoxes = "which of them are boxes and which are scores";
  static constexpr const char* kNotScores =
      "which columns are scores of classes: they are not all alike, as where keypoints, angles or coefficients of masks stand beside them";
  static constexpr const char* kCenters = "which of two maps of two numbers is the size and which the offset of a centre, as of CenterNet";
  static constexpr const char* kAnchors = "whether there are anchors, which the file does not tell";
  static constexpr const char* kAnchorOffsets = "of what anchors its boxes are offsets, which the file does not tell, as of an SSD";
  static constexpr const char* kLogitsOfAnchors = "whether the scores of its anchors are logistic or a distribution (octet_score)";
  static constexpr const char* kFirstOfAnchors = "whether the first score of its anchors is of no object: name the classes (--labels)";
  static constexpr const char* kLists = "the order and the unit of the corners in a list of boxes, scores and classes";

  const Graph& graph_;
  const SourceFacts& facts_;
  ImageSize input_;
  std::optional<int> classes_;
  std::vector<OutputShape> outputs_;
  std::optional<std::map<std::string, Tensor>> rest_;
};

}  // namespace

Result<FoundHead> find_head(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes) {
  return HeadFinder(graph, facts, input, classes).find();
}

}  // namespace octet
