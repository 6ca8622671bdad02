#include "recognise/heads/heads.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "recognise/origins.h"

namespace octet {
namespace {

using Box = DenseHead::Box;
using Score = DenseHead::Score;

// PicoDet's distances of sides, an output a map: no other of that many maps has them beside its scores.
constexpr int kPicoDetBins = 8;
const std::vector<int> kPicoDetStrides = {8, 16, 32, 64};

constexpr const char* kNeither = "boxes that are neither decoded nor as they leave the convolutions";
constexpr const char* kWhichAreBoxes = "which of them are boxes and which are scores";
constexpr const char* kWholeDetectors =
    "which of its outputs to take: each has boxes and scores of its own, as of YOLOv9 with its auxiliary head, whose last output is the "
    "main one; name it (--outputs NAME)";
constexpr const char* kWhichPartIsBoxes = "which of its columns are boxes and which are scores: name the classes (--labels)";
constexpr const char* kNotScores =
    "which columns are scores of classes: they are not all alike, as where keypoints, angles or coefficients of masks stand beside them";

// A head with all columns in one output a level.
FoundHead joined_head(const Levels& levels) {
  FoundHead found;
  DenseHead head;
  head.boxes = head.scores = head.objectness = levels.groups[0].outputs;
  found.head = head;
  return found;
}

// Whether an objectness stands between decoded boxes and scores. YOLOX has one, and YOLOv3 to v7, whose cells have three anchors, unless
// it is multiplied into the scores already, which are then a half of a half where nothing is seen. YOLOv6 has it as a constant. What else
// is told by the number of names, or by what was put side by side (FCOS: boxes, centerness, scores).
bool has_objectness(const HeadEvidence& evidence, const Levels& levels, const std::vector<RestingColumn>& columns, bool is_yolox) {
  const std::int64_t behind_box = std::ssize(columns) - kBoxColumns;
  if (behind_box < 2) return false;
  if (columns[4].is_one()) return true;
  if (evidence.classes() == behind_box) return false;
  constexpr double kMultiplied = 0.25;
  if (levels.anchors == 3 || is_yolox) return !columns[4].is_constant() || std::abs(columns[4].most - kMultiplied) > 1e-6;
  const auto parts = joined_columns(evidence.graph(), evidence.value_of(levels.groups[0].outputs[0]), std::ssize(columns)).lengths;
  return parts.size() == 3 && parts[1] == 1 && are_scores(std::span(columns).subspan(4));
}

// Ultralytics' boxes are centre and size, or, of the networks without suppression, corners, in cells of strides from 8 to 32. Other
// corners are those of FCOS, RTMDet or PicoDet, which take pictures in other ways.
Family family_of_decoded(const Levels& levels, const RestingBoxes& boxes) {
  const bool are_corners = boxes.box != Box::kCenter;
  if (boxes.cell_offset == 0) return are_corners ? Family::kUnknown : Family::kYolox;
  return are_corners && levels.strides != std::vector{8, 16, 32} ? Family::kUnknown : Family::kUltralytics;
}

Result<FoundHead> of_decoded(const HeadEvidence& evidence, const Levels& levels, const RestingBoxes& boxes,
                             const std::vector<RestingColumn>& columns) {
  FoundHead found = joined_head(levels);
  auto& head = std::get<DenseHead>(found.head);
  head.box = boxes.box;
  head.unit = boxes.unit;
  found.family = family_of_decoded(levels, boxes);
  head.has_objectness = has_objectness(evidence, levels, columns, found.family == Family::kYolox);
  const auto scores = std::span(columns).subspan(head.has_objectness ? 5 : 4);
  if (!are_scores(scores)) return open_question(kNotScores);
  head.classes = static_cast<int>(scores.size());
  head.score = score_of(scores[0]);
  head.suppressed = evidence.facts().end == SourceFacts::End::kTopK;
  found.reasons.push_back(fmt::format("decoded boxes ({}, in {}) around {} in each cell of strides {}{}, scores of {} classes",
                                      boxes.box == Box::kCenter ? "centre and size" : "corners",
                                      boxes.unit == DenseHead::Unit::kPixels ? "pixels" : "fractions of the input",
                                      levels.anchors == 1 ? "a point" : fmt::format("{} anchors", levels.anchors),
                                      fmt::join(levels.strides, ", "), head.has_objectness ? ", an objectness" : "", head.classes));
  return checked(evidence, std::move(found));
}

// Of a box, an objectness and scores in one output.
std::int64_t joined_classes(const Levels& levels) { return levels.groups[0].columns - kBoxColumns - 1; }

Result<FoundHead> yolox(const HeadEvidence& evidence, const Levels& levels, std::int64_t classes, Score score) {
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
  return checked(evidence, std::move(found));
}

// Whether numbers are the same in all cells of a level where nothing is seen, and grow with the strides at most.
bool are_alike_in_cells(const Levels& levels, const RestingColumn& column) {
  const double growth = 1.01 * levels.strides.back() / levels.strides.front();
  return column.is_constant() || (column.least > 0 && column.most < growth * column.least);
}

// `group`: of the boxes, which may have scores beside them (`head.scores_first`).
Status set_distances(const HeadEvidence& evidence, const Levels& levels, const ColumnGroup& group, std::int64_t box_columns,
                     DenseHead& head) {
  const bool are_logits = box_columns != kBoxColumns;
  head.bins = are_logits ? static_cast<int>(box_columns / kBoxColumns) : 0;
  const std::int64_t first = head.scores_first ? group.columns - box_columns : 0;
  if (!are_alike_in_cells(levels, evidence.resting_columns(group)[static_cast<std::size_t>(first)])) return open_question(kNeither);
  head.box = !are_logits && evidence.grow_with_strides(levels, group, first) ? Box::kPixelDistances : Box::kDistances;
  head.strides = levels.strides;
  return {};
}

std::string distances_text(const Levels& levels, const DenseHead& head) {
  return fmt::format("distances of the sides of a box{} and scores of {} classes in each cell of strides {}",
                     head.bins > 0                      ? fmt::format(", distributions over {} bins each,", head.bins)
                     : head.box == Box::kPixelDistances ? " in pixels"
                                                        : "",
                     head.classes, fmt::join(levels.strides, ", "));
}

Result<FoundHead> distances(const HeadEvidence& evidence, const Levels& levels, std::int64_t box_columns, bool scores_first, Score score) {
  if (box_columns % kBoxColumns != 0) return open_question(fmt::format("{} numbers of a box, which is not four of anything", box_columns));
  FoundHead found = joined_head(levels);
  auto& head = std::get<DenseHead>(found.head);
  head.scores_first = scores_first;
  OCTET_RETURN_IF_ERROR(set_distances(evidence, levels, levels.groups[0], box_columns, head));
  if (scores_first && levels.strides.size() == 4) head.cell_offset = 0;  // NanoDet-Plus, whose priors are corners of cells
  head.classes = static_cast<int>(levels.groups[0].columns - box_columns);
  head.score = score;
  found.family = scores_first ? Family::kNanoDet : Family::kUltralytics;
  found.reasons.push_back(distances_text(levels, head));
  return checked(evidence, std::move(found));
}

// Which of two parts is boxes, where nothing else tells them apart: by the number of names, else the one that alone may be.
std::optional<std::size_t> boxes_among_parts(const std::vector<std::int64_t>& parts, std::optional<int> classes) {
  const auto may_be = [&](std::size_t i) {
    return classes ? parts[1 - i] == *classes && parts[i] % kBoxColumns == 0 : are_usual_box_columns(parts[i]);
  };
  if (may_be(0) == may_be(1)) return std::nullopt;
  return may_be(0) ? 0 : 1;
}

// Nothing is known of the columns but how many there are, and what was put side by side.
Result<FoundHead> of_logits(const HeadEvidence& evidence, const Levels& levels) {
  const std::int64_t count = levels.groups[0].columns;
  const auto parts = joined_columns(evidence.graph(), evidence.value_of(levels.groups[0].outputs[0]), count).lengths;
  if (parts.size() == 3 && parts[0] == kBoxColumns && parts[1] == 1) return yolox(evidence, levels, joined_classes(levels), Score::kLogit);
  if (evidence.classes() && count == kBoxColumns + 1 + *evidence.classes())
    return yolox(evidence, levels, joined_classes(levels), Score::kLogit);
  if (parts.size() == 2) {
    const auto place = boxes_among_parts(parts, evidence.classes());
    if (!place) return open_question(kWhichPartIsBoxes);
    return distances(evidence, levels, parts[*place], *place == 1, Score::kLogit);
  }
  if (evidence.classes() && count > *evidence.classes() && (count - *evidence.classes()) % kBoxColumns == 0)
    return distances(evidence, levels, count - *evidence.classes(), false, Score::kLogit);
  return head_of_anchor_maps(evidence);
}

// As it leaves the convolutions, or with the logistic function on the scores alone.
Result<FoundHead> of_raw(const HeadEvidence& evidence, const Levels& levels, const std::vector<RestingColumn>& columns) {
  const auto is_zero = [](const RestingColumn& column) { return column.is_zero(); };
  const auto is_probability = [](const RestingColumn& column) { return column.is_probability(); };
  const std::ptrdiff_t count = std::ssize(columns);
  const std::ptrdiff_t zeros_first = std::ranges::find_if_not(columns, is_zero) - columns.begin();
  const std::ptrdiff_t scores_first = std::ranges::find_if_not(columns, is_probability) - columns.begin();
  if (scores_first == count) return head_of_anchor_maps(evidence);  // a logistic function on all that leaves the convolutions
  if (zeros_first < count && std::all_of(columns.begin() + zeros_first, columns.end(), is_probability)) {
    if (zeros_first == kBoxColumns && (!evidence.classes() || count == kBoxColumns + 1 + *evidence.classes()))
      return yolox(evidence, levels, joined_classes(levels), Score::kProbability);
    return distances(evidence, levels, zeros_first, false, Score::kProbability);
  }
  if (scores_first > 0 && std::all_of(columns.begin() + scores_first, columns.end(), is_zero))
    return distances(evidence, levels, count - scores_first, true, Score::kProbability);
  if (zeros_first == count) return of_logits(evidence, levels);
  return open_question(kNeither);
}

Result<FoundHead> of_joined(const HeadEvidence& evidence, const Levels& levels) {
  const ColumnGroup& group = levels.groups[0];
  if (group.columns <= kBoxColumns)
    return open_question(fmt::format("{} numbers a candidate are too few for a box and scores", group.columns));
  const std::vector<RestingColumn> columns = evidence.resting_columns(group);
  if (const auto boxes = evidence.resting_boxes(levels, group)) return of_decoded(evidence, levels, *boxes, columns);
  if (levels.anchors == 1) return of_raw(evidence, levels, columns);
  return open_question("three candidates a cell whose boxes are not decoded");
}

// Whether each group has decoded boxes and their scores: the heads of a network that is trained with an auxiliary one.
bool are_whole_detectors(const HeadEvidence& evidence, const Levels& levels) {
  return std::ranges::all_of(levels.groups, [&](const ColumnGroup& group) {
    return group.columns == levels.groups[0].columns && group.columns > kBoxColumns && evidence.resting_boxes(levels, group);
  });
}

// Which of two groups is the boxes: by the number of names, else by what they are where nothing is seen; nothing where that is open.
std::optional<std::size_t> boxes_among(const HeadEvidence& evidence, const Levels& levels) {
  const auto is_boxes = [&](std::size_t i) { return levels.groups[i].columns % kBoxColumns == 0; };
  if (!is_boxes(0) && !is_boxes(1)) return std::nullopt;
  if (is_boxes(0) != is_boxes(1)) return is_boxes(0) ? 0 : 1;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    if (evidence.classes() && levels.groups[i].columns != *evidence.classes() && levels.groups[1 - i].columns == *evidence.classes())
      return i;
    if (levels.groups[i].columns == kBoxColumns && evidence.resting_boxes(levels, levels.groups[i])) return i;
  }
  const auto is_probability = [&](std::size_t i) { return evidence.resting_columns(levels.groups[i])[0].is_probability(); };
  if (is_probability(0) != is_probability(1)) return is_probability(0) ? 1 : 0;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
    if (levels.groups[i].columns == kBoxColumns && !are_usual_box_columns(levels.groups[1 - i].columns)) return i;
  return std::nullopt;
}

Result<FoundHead> of_boxes_and_scores(const HeadEvidence& evidence, const Levels& levels) {
  if (are_whole_detectors(evidence, levels)) return open_question(kWholeDetectors);
  const auto place = boxes_among(evidence, levels);
  if (!place) return open_question(kWhichAreBoxes);
  const ColumnGroup &boxes = levels.groups[*place], &scores = levels.groups[1 - *place];
  FoundHead found;
  DenseHead head;
  head.boxes = boxes.outputs;
  head.scores = scores.outputs;
  head.classes = static_cast<int>(scores.columns);
  const std::vector<RestingColumn> resting_scores = evidence.resting_columns(scores);
  if (!are_scores(resting_scores)) return open_question(kNotScores);
  head.score = score_of(resting_scores[0]);
  const auto resting = boxes.columns == kBoxColumns ? evidence.resting_boxes(levels, boxes) : std::nullopt;
  if (resting) {
    head.box = resting->box;
    head.unit = resting->unit;
    // YOLOv5 to v8 in front of a suppression; corners alone may be of YOLO-NAS, PP-YOLOE or DAMO-YOLO, too.
    if (levels.anchors == 3 || head.box == Box::kCenter) found.family = family_of_decoded(levels, *resting);
    found.reasons.push_back(
        fmt::format("decoded boxes and scores of {} classes in each cell of strides {}", head.classes, fmt::join(levels.strides, ", ")));
  } else {
    if (const auto anchors = anchors_a_cell(boxes.columns, scores.columns, evidence.classes()))
      return open_question(
          fmt::format("whether a cell has boxes of {0} anchors, which the file does not tell, or one whose sides are "
                      "distributions over {0} bins",
                      *anchors));
    OCTET_RETURN_IF_ERROR(set_distances(evidence, levels, boxes, boxes.columns, head));
    if (head.bins == kPicoDetBins && levels.strides == kPicoDetStrides && boxes.outputs.size() == kPicoDetStrides.size())
      found.family = Family::kPicoDet;
    found.reasons.push_back(distances_text(levels, head));
  }
  if (evidence.facts().end == SourceFacts::End::kTopK) {
    head.suppressed = true;
    found.family = Family::kUltralytics;
    found.reasons.push_back("the file ends in the best of all: no box is suppressed (YOLOv10, YOLO26)");
  }
  found.head = head;
  return checked(evidence, std::move(found));
}

// Distances of sides, which are never negative, beside one number of how near to the middle of a box a cell is: FCOS. Behind an exponential
// function they are 1 where nothing is seen, and in pixels in one version and in strides in another.
Result<FoundHead> distances_and_centerness(const HeadEvidence& evidence, const Levels& levels, const ColumnGroup& boxes,
                                           std::int64_t classes, Score score) {
  FoundHead found;
  DenseHead head;
  head.has_objectness = true;
  head.classes = static_cast<int>(classes);
  head.score = score;
  OCTET_RETURN_IF_ERROR(set_distances(evidence, levels, boxes, kBoxColumns, head));
  if (head.box == Box::kDistances && !evidence.resting_columns(boxes)[0].is_zero())
    return open_question("whether its distances of sides are in pixels or in strides (octet_box: pixel_distances, distances)");
  found.reasons.push_back(distances_text(levels, head) + ", with a centerness");
  found.head = std::move(head);
  return checked(evidence, std::move(found));
}

// Boxes, objectness and scores apart: YOLOX without its last concatenation, or FCOS.
Result<FoundHead> of_three_groups(const HeadEvidence& evidence, const Levels& levels) {
  const ColumnGroup *boxes = nullptr, *objectness = nullptr, *scores = nullptr;
  const auto may_be_boxes = [&](const ColumnGroup& group) {
    if (group.columns != kBoxColumns) return false;
    const RestingColumn first = evidence.resting_columns(group)[0];
    return first.is_zero() || (!first.is_probability() && evidence.is_never_negative(group));
  };
  if (std::ranges::count_if(levels.groups, may_be_boxes) > 1) return open_question(kWhichAreBoxes);
  for (const ColumnGroup& group : levels.groups)
    (group.columns == 1 && !objectness ? objectness : may_be_boxes(group) ? boxes : scores) = &group;
  if (!boxes || !objectness || !scores) return open_question("three outputs a level that are not a box, an objectness and scores");
  if (evidence.resting_boxes(levels, *boxes)) return open_question("decoded boxes with an objectness apart");
  const Score score = score_of(evidence.resting_columns(*scores)[0]);
  if (score != score_of(evidence.resting_columns(*objectness)[0]))
    return open_question("a logistic function on one of its scores and objectness, and none on the other");
  OCTET_ASSIGN(FoundHead found, evidence.is_never_negative(*boxes)
                                    ? distances_and_centerness(evidence, levels, *boxes, scores->columns, score)
                                    : yolox(evidence, levels, scores->columns, score));
  auto& head = std::get<DenseHead>(found.head);
  head.boxes = boxes->outputs;
  head.objectness = objectness->outputs;
  head.scores = scores->outputs;
  return found;
}

}  // namespace

Result<FoundHead> head_of_levels(const HeadEvidence& evidence, const Levels& levels) {
  if (levels.groups.size() == 1) return of_joined(evidence, levels);
  if (levels.groups.size() == 2) return of_boxes_and_scores(evidence, levels);
  if (levels.groups.size() == 3) return of_three_groups(evidence, levels);
  return open_question("more than boxes, objectness and scores");
}

}  // namespace octet
