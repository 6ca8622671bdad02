#include "recognise/heads/heads.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "recognise/metadata.h"
#include "recognise/origins.h"

namespace octet {
namespace {

constexpr const char* kCenters = "which of two maps of two numbers is the size and which the offset of a centre, as of CenterNet";
constexpr const char* kLists = "the order and the unit of the corners in a list of boxes, scores and classes";

constexpr const char* kRows =
    "whether its rows of six numbers are corners, score and class of what the network has chosen, or a box beside scores of two classes";

bool is_choice(const Node& node) { return std::holds_alternative<TopK>(node.op); }

bool has_choice(const HeadEvidence& evidence) { return std::ranges::any_of(evidence.graph().nodes(), is_choice); }

// Whether a TopK takes the best cells of feature maps, as of YOLOv10 and YOLO26. EfficientDet has nine candidates a cell, CenterNet one
// map.
bool chooses_among_cells(const HeadEvidence& evidence) {
  return std::ranges::any_of(evidence.graph().nodes(), [&](const Node& node) {
    if (!is_choice(node)) return false;
    const auto levels = find_levels({{"", {1, 1, element_count(evidence.graph().shape(node.inputs[0]))}}}, evidence.input());
    return levels && levels->anchors == 1 && levels->strides.size() >= 3;
  });
}

// Whether rows are a score and the number of a class behind a box where nothing is seen.
bool rest_as_chosen_rows(HeadEvidence& evidence, const OutputShape& output) {
  if (!evidence.let_rest().ok()) return false;
  const std::span<const float> numbers = evidence.resting_numbers(output.name);
  for (std::size_t row = 0; row + 6 <= numbers.size(); row += 6) {
    const float score = numbers[row + 4], label = numbers[row + 5];
    if (!(score >= 0 && score <= 1) || label != std::floor(label)) return false;
  }
  return true;
}

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

FoundHead head_of_detection_output(const HeadEvidence& evidence) {
  FoundHead found;
  const Node& node = evidence.graph().node(evidence.value_of(evidence.outputs()[0]).node);
  DetectionOutputHead head{std::get<DetectionOutput>(node.op).background_label == 0};
  const std::int64_t codes = element_count(evidence.graph().shape(node.inputs[0])),
                     scores = element_count(evidence.graph().shape(node.inputs[1]));
  const std::int64_t columns = kBoxColumns * scores / std::max<std::int64_t>(codes, 1);
  if (columns <= kMaxClasses) head.classes = static_cast<int>(columns) - (head.has_background ? 1 : 0);
  found.head = head;
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
  const bool is_yolo = is_of_ultralytics(evidence.facts().metadata) || chooses_among_cells(evidence);
  if (is_yolo) found.family = Family::kUltralytics;
  found.reasons.push_back(
      fmt::format("rows of six numbers: corners, score and class of what the network has chosen{}", is_yolo ? " (YOLOv10, YOLO26)" : ""));
  return found;
}

Result<FoundHead> head_of_one_output(HeadEvidence& evidence) {
  const OutputShape& output = evidence.outputs()[0];
  const bool may_be_rows = output.shape.size() == 3 && output.shape[0] == 1 && output.shape[2] == 6 &&
                           evidence.facts().end != SourceFacts::End::kDetectionOutput && !evidence.is_made_by_matmul(output);
  if (!may_be_rows) return open_question("its number of candidates is that of no feature maps of strides from 4 to 128");
  if (!is_of_ultralytics(evidence.facts().metadata) && !(has_choice(evidence) && rest_as_chosen_rows(evidence, output)))
    return open_question(kRows);
  return head_of_chosen_rows(evidence);
}

Error open_about_three_outputs(const HeadEvidence& evidence) {
  if (are_centers(evidence)) return open_question(kCenters);
  if (are_lists(evidence)) return open_question(kLists);
  return open_question("its numbers of candidates are those of no feature maps of strides from 4 to 128");
}

}  // namespace octet
