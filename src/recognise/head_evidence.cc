#include "recognise/head_evidence.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "recognise/at_rest.h"
#include "recognise/origins.h"

namespace octet {
namespace {

ColumnValues values_in(const std::map<std::string, Tensor>& outputs, const std::string& output, std::int64_t columns) {
  const Tensor& tensor = outputs.at(output);
  return {tensor.values<float>(), columns_of(tensor.shape(), columns).value_or(Columns{}), 0};
}

}  // namespace

void RestingColumn::add(double number) {
  least = std::min(least, number);
  most = std::max(most, number);
}

bool RestingColumn::is_zero() const { return is_constant() && std::abs(most) < 1e-6; }
bool RestingColumn::is_one() const { return is_constant() && std::abs(most - 1) < 1e-6; }
bool RestingColumn::is_probability() const { return is_constant() && most > 1e-6 && most < 1 - 1e-6; }

bool are_scores(std::span<const RestingColumn> columns) {
  const auto is_alike = [&](const RestingColumn& column) {
    return (column.is_zero() || column.is_probability()) && std::abs(column.most - columns[0].most) < 1e-4;
  };
  return !columns.empty() && std::ranges::all_of(columns, is_alike);
}

DenseHead::Score score_of(const RestingColumn& column) {
  return column.is_zero() ? DenseHead::Score::kLogit : DenseHead::Score::kProbability;
}

bool HeadEvidence::is_made_by_matmul(const OutputShape& output) const { return is_projected(graph_, value_of(output)); }

Value HeadEvidence::origin_of(const OutputShape& output) const { return octet::origin_of(graph_, value_of(output)); }

Status HeadEvidence::let_rest() {
  if (!rest_) rest_ = outputs_at_rest(graph_);
  if (rest_) return {};
  return open_question("the operations behind the last convolutions are too many to tell what they make of them");
}

std::vector<RestingColumn> HeadEvidence::resting_columns(const ColumnGroup& group) const {
  std::vector<RestingColumn> columns(static_cast<std::size_t>(group.columns));
  for (const std::string& output : group.outputs) {
    const ColumnValues values = values_in(*rest_, output, group.columns);
    for (std::size_t row = 0; row < values.columns.rows; ++row)
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i].add(values.at(row, i));
  }
  return columns;
}

std::optional<RestingBoxes> HeadEvidence::resting_boxes(const Levels& levels, const ColumnGroup& group) const {
  std::vector<double> boxes;
  for (const std::string& output : group.outputs) {
    const ColumnValues values = values_in(*rest_, output, group.columns);
    for (std::size_t row = 0; row < values.columns.rows; ++row)
      for (std::size_t i = 0; i < 4; ++i) boxes.push_back(values.at(row, i));
  }
  return boxes_at_cells(boxes, levels.strides, levels.anchors, input_);
}

bool HeadEvidence::grow_with_strides(const Levels& levels, const ColumnGroup& group, std::int64_t column) const {
  const auto outputs = levels.strides.size() > 1 ? outputs_at_rest(graph_, 1) : std::nullopt;
  if (!outputs) return false;
  const ColumnValues finest = values_in(*outputs, group.outputs.front(), group.columns),
                     coarsest = values_in(*outputs, group.outputs.back(), group.columns);
  if (finest.columns.rows == 0 || coarsest.columns.rows == 0) return false;
  const auto at = static_cast<std::size_t>(column);
  const double growth = coarsest.at(coarsest.columns.rows - 1, at) / finest.at(0, at);
  return growth > std::sqrt(static_cast<double>(levels.strides.back()) / levels.strides.front());
}

bool HeadEvidence::is_never_negative(const ColumnGroup& group) const {
  const auto outputs = outputs_at_rest(graph_, -1);
  return outputs && std::ranges::all_of(group.outputs, [&](const std::string& output) {
           return std::ranges::all_of(outputs->at(output).values<float>(), [](float number) { return number >= 0; });
         });
}

Error open_question(const std::string& why) { return {ErrorCode::kUnsupported, why}; }

Suppression suppression_of(Family family) {
  if (family == Family::kUltralytics) return {.iou_limit = 0.7f};
  return {.iou_limit = family == Family::kYolox ? 0.65f : 0.6f};
}

namespace {

// The class that the end of a file leaves out stands for no object, unless the scores told that already.
Status leave_out_background(int background_class, DenseHead& head, std::vector<std::string>& reasons) {
  if (background_class < 0 || head.background != DenseHead::Background::kNone) return {};
  const bool is_first = background_class == 0, is_last = background_class == head.classes - 1;
  if (!is_first && !is_last)
    return open_question(fmt::format("what class {} of {} is, which its end leaves out and which is neither the first nor the last",
                                     background_class, head.classes));
  head.background = is_first ? DenseHead::Background::kFirst : DenseHead::Background::kLast;
  --head.classes;
  reasons.push_back(fmt::format("the {} class stands for no object: the file's suppression leaves it out", is_first ? "first" : "last"));
  return {};
}

// As a suppression in the file has its boxes, else as is usual for the head. What MMDetection and torchvision export without one (RTMDet,
// FCOS, RetinaNet) and NanoDet cut first.
Clip clip_of(const HeadEvidence& evidence, Family family, const DenseHead& head) {
  if (family == Family::kYolox) return Clip::kNever;
  const bool is_of_centerness = head.box == DenseHead::Box::kDistances && head.has_objectness;
  const bool cuts_first =
      family == Family::kNanoDet || is_of_centerness || head.box == DenseHead::Box::kPixelDistances || head.is_of_anchors();
  const bool suppresses = evidence.facts().end == SourceFacts::End::kSuppression;
  return cuts_first && !suppresses ? Clip::kBeforeSuppression : Clip::kAfterSuppression;
}

}  // namespace

Result<FoundHead> checked(const HeadEvidence& evidence, FoundHead found) {
  auto& head = std::get<DenseHead>(found.head);
  OCTET_RETURN_IF_ERROR(leave_out_background(evidence.facts().background_class, head, found.reasons));
  if (head.classes < 1 || head.classes > kMaxClasses) return open_question(fmt::format("{} classes", head.classes));
  const bool may_name_background = head.background == DenseHead::Background::kFirst && evidence.classes() == head.classes + 1;
  if (evidence.classes() && head.classes != *evidence.classes() && !may_name_background)
    return Error{ErrorCode::kMalformed, fmt::format("its outputs have {} classes, but it names {}", head.classes, *evidence.classes())};
  if (evidence.facts().is_of_paddle) found.family = Family::kUnknown;  // its YOLOs take pictures in ways of their own
  found.suppression = suppression_of(found.family);
  if (found.clip != Clip::kNever) found.clip = clip_of(evidence, found.family, head);
  if (evidence.facts().nms_iou >= 0 && evidence.facts().nms_iou <= 1) found.suppression.iou_limit = evidence.facts().nms_iou;
  return found;
}

}  // namespace octet
