#include "detect/postprocess.h"

#include <algorithm>
#include <cmath>

#include "detect/decoders.h"
#include "detect/nms.h"
#include "image/resize.h"

namespace octet {
namespace {

// Names, types and shapes of outputs that are there.
std::vector<OutputType> types_of(std::span<const NamedOutput> outputs) {
  std::vector<OutputType> types;
  for (const NamedOutput& output : outputs) types.push_back({output.name, ElementType::kF32, output.shape});
  return types;
}

// From coordinates of the network to pixels of the image; `unit` is what 1 means in pixels of the network's input.
void place_in_image(const ResizeScale& net, ImageSize unit, std::vector<Candidate>& candidates) {
  const double width = unit.width, height = unit.height;
  for (Candidate& box : candidates) {
    for (double* x : {&box.x0, &box.x1}) *x = (*x - net.left / width) * (width / net.x);
    for (double* y : {&box.y0, &box.y1}) *y = (*y - net.top / height) * (height / net.y);
  }
}

void clip_boxes(std::vector<Candidate>& candidates, ImageSize image) {
  for (Candidate& box : candidates) {
    for (double* x : {&box.x0, &box.x1}) *x = std::clamp(*x, 0.0, static_cast<double>(image.width));
    for (double* y : {&box.y0, &box.y1}) *y = std::clamp(*y, 0.0, static_cast<double>(image.height));
  }
}

void shift_classes(const ModelDescription& description, std::vector<Candidate>& candidates) {
  if (description.label_offset == 0) return;
  for (Candidate& box : candidates) box.class_index += description.label_offset;
  std::erase_if(candidates, [&](const Candidate& box) { return box.class_index < 0 || box.class_index >= class_count(description); });
}

Detection detection_from(const Candidate& box) {
  return {box.class_index,
          static_cast<float>(box.score),
          {static_cast<float>(box.x0), static_cast<float>(box.y0), static_cast<float>(box.x1), static_cast<float>(box.y1)}};
}

bool is_finite(const BoxXyxy& box) {
  return std::isfinite(box.x0) && std::isfinite(box.y0) && std::isfinite(box.x1) && std::isfinite(box.y1);
}

}  // namespace

Status check_outputs(const ModelDescription& description, std::span<const OutputType> outputs) {
  return std::visit([&](const auto& head) { return check_outputs(head, description, outputs); }, description.head);
}

Result<std::vector<Detection>> detections_from_outputs(const ModelDescription& description, std::span<const NamedOutput> outputs,
                                                       ImageSize image, const DetectOptions& options) {
  OCTET_RETURN_IF_ERROR(check_outputs(description, types_of(outputs)));
  std::vector<Candidate> candidates;
  OCTET_RETURN_IF_ERROR(std::visit(
      [&](const auto& head) { return decode(head, description, outputs, options.score_threshold, candidates); }, description.head));
  shift_classes(description, candidates);
  const bool has_fractions = std::visit([](const auto& head) { return head.has_fractions(); }, description.head);
  place_in_image(resize_scale(description.resize, image, description.input), has_fractions ? description.input : ImageSize{1, 1},
                 candidates);
  if (description.clip == Clip::kBeforeSuppression) clip_boxes(candidates, image);

  const bool is_suppressed = std::visit([](const auto& head) { return head.is_suppressed(); }, description.head);
  std::vector<Candidate> kept = is_suppressed ? best_scored(std::move(candidates), options.max_detections)
                                              : suppress_overlaps(candidates, description.suppression, options.max_detections);
  if (description.clip == Clip::kAfterSuppression) clip_boxes(kept, image);
  std::vector<Detection> detections;
  for (const Candidate& candidate : kept) detections.push_back(detection_from(candidate));
  std::erase_if(detections, [](const Detection& detection) { return !is_finite(detection.box_px); });
  return detections;
}

}  // namespace octet
