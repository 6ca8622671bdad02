#include "detect/postprocess.h"

#include <algorithm>
#include <cmath>

#include "detect/decode_detection_output.h"
#include "detect/decode_yolo.h"
#include "detect/nms.h"

namespace octet {
namespace {

Result<NamedOutput> output_named(std::span<const NamedOutput> outputs, const std::string& name) {
  const auto found = std::ranges::find(outputs, name, &NamedOutput::name);
  if (found != outputs.end()) return *found;
  std::string names;
  for (const NamedOutput& output : outputs) names += (names.empty() ? "" : ", ") + output.name;
  return Error{ErrorCode::kMalformed, "octet_heads names the output '" + name + "', the model has: " + names};
}

// In network pixels.
Result<std::vector<Candidate>> yolo_candidates(const ModelDescription& description, std::span<const NamedOutput> outputs,
                                               double score_threshold) {
  std::vector<Candidate> candidates;
  for (const YoloHead& head : description.heads) {
    OCTET_ASSIGN(const NamedOutput output, output_named(outputs, head.output));
    OCTET_RETURN_IF_ERROR(decode_yolo(head, description.input, output.values, output.shape, score_threshold, candidates));
  }
  return candidates;
}

// As fractions of the input.
Result<std::vector<Candidate>> ssd_candidates(std::span<const NamedOutput> outputs, int classes, double score_threshold) {
  if (outputs.size() != 1)
    return Error{ErrorCode::kMalformed, "octet_head detection_output needs one output, the model has " + std::to_string(outputs.size())};
  std::vector<Candidate> candidates;
  const Status status = decode_detection_output(outputs[0].values, outputs[0].shape, score_threshold, candidates);
  if (!status.ok()) return status.error().at("output '" + outputs[0].name + "'");
  for (const Candidate& candidate : candidates)
    if (candidate.class_index >= classes)
      return Error{ErrorCode::kMalformed, "output '" + outputs[0].name + "' speaks of class " + std::to_string(candidate.class_index) +
                                              ", but octet_labels of " + std::to_string(classes) + " classes"};
  return candidates;
}

void move(std::vector<Candidate>& candidates, double x, double y) {
  for (Candidate& box : candidates) {
    box.x0 += x;
    box.x1 += x;
    box.y0 += y;
    box.y1 += y;
  }
}

void scale(std::vector<Candidate>& candidates, double x, double y) {
  for (Candidate& box : candidates) {
    box.x0 *= x;
    box.x1 *= x;
    box.y0 *= y;
    box.y1 *= y;
  }
}

void clip(std::vector<Candidate>& candidates, ImageSize image) {
  const double width = image.width, height = image.height;
  for (Candidate& box : candidates) {
    box.x0 = std::clamp(box.x0, 0.0, width);
    box.x1 = std::clamp(box.x1, 0.0, width);
    box.y0 = std::clamp(box.y0, 0.0, height);
    box.y1 = std::clamp(box.y1, 0.0, height);
  }
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

Result<std::vector<Detection>> detections_from_outputs(const ModelDescription& description, std::span<const NamedOutput> outputs,
                                                       ImageSize image, const DetectOptions& options) {
  const bool is_ssd = description.head == HeadKind::kDetectionOutput;
  OCTET_ASSIGN(std::vector<Candidate> candidates, is_ssd ? ssd_candidates(outputs, class_count(description), options.score_threshold)
                                                         : yolo_candidates(description, outputs, options.score_threshold));
  const ResizeScale net = resize_scale(description.resize, image, description.input);
  const double width = is_ssd ? description.input.width : 1, height = is_ssd ? description.input.height : 1;  // of the candidates' unit
  move(candidates, -net.left / width, -net.top / height);
  scale(candidates, width / net.x, height / net.y);
  if (description.clip) clip(candidates, image);

  const std::vector<Candidate> kept = is_ssd ? best_scored(std::move(candidates), options.max_detections)
                                             : suppress_overlaps(candidates, description.nms_iou, options.max_detections);
  std::vector<Detection> detections;
  for (const Candidate& candidate : kept) detections.push_back(detection_from(candidate));
  std::erase_if(detections, [](const Detection& detection) { return !is_finite(detection.box_px); });
  return detections;
}

}  // namespace octet
