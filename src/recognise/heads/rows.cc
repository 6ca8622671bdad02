#include "recognise/heads/heads.h"

#include <algorithm>

#include "recognise/origins.h"

namespace octet {
namespace {

constexpr const char* kCenters = "which of two maps of two numbers is the size and which the offset of a centre, as of CenterNet";
constexpr const char* kLists = "the order and the unit of the corners in a list of boxes, scores and classes";

// Three maps of the same cells, two of them of two numbers.
bool are_centers(const HeadEvidence& evidence) {
  const auto is_of_first = [&](const OutputShape& output) {
    return output.shape.size() == 4 && evidence.outputs()[0].shape.size() == 4 && output.shape[2] == evidence.outputs()[0].shape[2] &&
           output.shape[3] == evidence.outputs()[0].shape[3];
  };
  return std::ranges::all_of(evidence.outputs(), is_of_first) &&
         std::ranges::count_if(evidence.outputs(), [](const OutputShape& output) { return output.shape[1] == 2; }) >= 2;
}

// Boxes, a score each and a class each.
bool are_lists(const HeadEvidence& evidence) {
  const auto count = [&](const OutputShape& output) { return element_count(output.shape); };
  const auto boxes = std::ranges::find_if(evidence.outputs(), [](const OutputShape& output) {
    return output.shape.size() >= 2 && output.shape.size() <= 3 && output.shape.back() == kBoxColumns;
  });
  return boxes != evidence.outputs().end() &&
         std::ranges::count_if(evidence.outputs(), [&](const OutputShape& output) { return 4 * count(output) == count(*boxes); }) == 2;
}

}  // namespace

bool is_detection_output(const HeadEvidence& evidence) {
  return evidence.outputs().size() == 1 &&
         std::holds_alternative<DetectionOutput>(evidence.graph().node(evidence.value_of(evidence.outputs()[0])).op);
}

FoundHead head_of_detection_output() {
  FoundHead found;
  found.head = DetectionOutputHead{};
  found.reasons.push_back("its output is that of a DetectionOutput");
  return found;
}

bool is_chosen_rows(const HeadEvidence& evidence, const OutputShape& output) {
  if (output.shape.size() != 3 || output.shape[0] != 1 || output.shape[2] != 6) return false;
  const JoinedColumns joined = joined_columns(evidence.graph(), evidence.value_of(output), 6);
  return !joined.parts.empty() && joined.lengths.back() == 1 && is_of_whole_numbers(evidence.graph(), joined.parts.back());
}

FoundHead head_of_chosen_rows(const HeadEvidence& evidence) {
  using enum ListHead::Column;
  FoundHead found;
  found.head = ListHead{{evidence.outputs()[0].name}, {kX0, kY0, kX1, kY1, kScore, kClass}, evidence.classes().value_or(0)};
  found.family = Family::kUltralytics;
  found.reasons.push_back("rows of six numbers: corners, score and class of what the network has chosen (YOLOv10, YOLO26)");
  return found;
}

Result<FoundHead> head_of_one_output(const HeadEvidence& evidence) {
  const Shape& shape = evidence.outputs()[0].shape;
  const bool is_rows = shape.size() == 3 && shape[0] == 1;
  if (is_rows && shape[2] == 6 && evidence.facts().end != SourceFacts::End::kDetectionOutput &&
      !evidence.is_made_by_matmul(evidence.outputs()[0]))
    return head_of_chosen_rows(evidence);
  return open_question("its number of candidates is that of no feature maps of strides from 4 to 128");
}

Error open_about_three_outputs(const HeadEvidence& evidence) {
  if (are_centers(evidence)) return open_question(kCenters);
  if (are_lists(evidence)) return open_question(kLists);
  return open_question("its numbers of candidates are those of no feature maps of strides from 4 to 128");
}

}  // namespace octet
