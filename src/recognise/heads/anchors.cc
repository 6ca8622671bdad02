#include "recognise/heads/heads.h"

#include <cmath>

#include <fmt/format.h>

#include "recognise/metadata.h"
#include "recognise/yolov5.h"

namespace octet {
namespace {

constexpr const char* kAnchors = "whether there are anchors, which the file does not tell";
constexpr const char* kAnchorOffsets = "of what anchors its boxes are offsets, which the file does not tell, as of an SSD";
constexpr const char* kLogitsOfAnchors = "whether the scores of its anchors are logistic or a distribution (octet_score)";
constexpr const char* kFirstOfAnchors = "whether the first score of its anchors is of no object: name the classes (--labels)";

// The one number that all of these outputs are where nothing is seen.
std::optional<double> resting_number(const HeadEvidence& evidence, const std::vector<std::string>& outputs) {
  RestingColumn all;
  for (const std::string& output : outputs)
    for (const float number : evidence.resting_numbers(output)) all.add(number);
  return all.is_zero() ? std::optional(0.0) : all.is_constant() && std::abs(all.most - 0.5) < 1e-6 ? std::optional(0.5) : std::nullopt;
}

// A distribution has a class for "no object", the first; of logistic scores the names tell whether there is one.
Status set_scores_of_anchors(const HeadEvidence& evidence, const OutputShape& scores, DenseHead& head) {
  const std::vector<RestingColumn> columns = evidence.resting_columns({head.classes, {scores.name}});
  if (!are_scores(columns) || columns[0].is_zero()) return open_question(kLogitsOfAnchors);
  const bool is_distribution = head.classes > 2 ? std::abs(columns[0].most * head.classes - 1) < 1e-3
                                                : std::holds_alternative<SoftMax>(evidence.graph().node(evidence.origin_of(scores)).op);
  if (!is_distribution && !evidence.classes()) return open_question(kFirstOfAnchors);
  if (!is_distribution && *evidence.classes() == head.classes) return {};
  head.background = DenseHead::Background::kFirst;
  --head.classes;
  return {};
}

}  // namespace

Result<FoundHead> head_of_anchor_maps(const HeadEvidence& evidence) {
  const auto levels = find_anchor_levels(evidence.outputs(), evidence.input());
  if (!levels || levels->columns <= kBoxColumns + 1 || levels->columns > kMaxClasses) return open_question(kAnchors);
  const auto anchors = yolov5_anchors(levels->strides);
  const bool is_ultralytics = is_of_ultralytics(evidence.facts().metadata);
  const std::optional<double> resting = resting_number(evidence, levels->outputs);
  const auto classes = static_cast<int>(levels->columns - kBoxColumns - 1);
  const bool is_yolov5 =
      !anchors.empty() && (is_ultralytics || begins_as_yolov5(evidence.graph())) && evidence.classes().value_or(classes) == classes;
  if (!is_yolov5 || (resting != 0 && resting != 0.5)) return open_question(kAnchors);
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
  found.clip = Clip::kAfterSuppression;
  found.reasons = {fmt::format("raw maps of 3 anchors, an objectness and scores of {} classes in each cell of strides {}: YOLOv5 by {}",
                               classes, fmt::join(levels->strides, ", "), is_ultralytics ? "its metadata" : "its first convolution"),
                   "the anchors are not in the file: taken to be those with which YOLOv5 is published; others are declared (octet_heads)"};
  return found;
}

Result<FoundHead> head_of_anchor_boxes(HeadEvidence& evidence, const OutputShape& boxes, const OutputShape& scores) {
  OCTET_RETURN_IF_ERROR(evidence.let_rest());
  if (resting_number(evidence, {boxes.name}) == 0.0) return open_question(kAnchorOffsets);
  const auto numbers = evidence.resting_numbers(boxes.name);
  const auto form = boxes_of_anchors({numbers.begin(), numbers.end()}, evidence.input());
  if (!form) return open_question("whether its boxes are corners, and in which unit");
  DenseHead head;
  head.boxes = {boxes.name};
  head.scores = {scores.name};
  head.box = form->box;
  head.unit = form->unit;
  head.classes = static_cast<int>(scores.shape.back());
  OCTET_RETURN_IF_ERROR(set_scores_of_anchors(evidence, scores, head));
  FoundHead found;
  found.reasons.push_back(fmt::format("decoded boxes ({}, in {}) around anchors, scores of {} classes{}: SSD",
                                      form->box == DenseHead::Box::kCenter ? "centre and size" : "corners",
                                      form->unit == DenseHead::Unit::kPixels ? "pixels" : "fractions of the input", head.classes,
                                      head.background == DenseHead::Background::kFirst ? " behind one of no object" : ""));
  found.head = std::move(head);
  return checked(evidence, std::move(found));
}

}  // namespace octet
