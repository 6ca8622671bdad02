#include "steps/detection_error.h"

#include <algorithm>

#include "boxes/box.h"
#include "eval/fidelity.h"
#include "image/decode.h"

namespace octet {
namespace {

// What scores less is no match for a reference of kReferenceScore.
constexpr double kLeastScore = 0.1;

double distance(const Detection& a, const Detection& b) {
  const double overlap = 1 - static_cast<double>(iou(a.box_px, b.box_px)),
               score = static_cast<double>(a.score) - static_cast<double>(b.score);
  return overlap * overlap + score * score;
}

}  // namespace

double detection_error(std::span<const Detection> reference, std::span<const Detection> found) {
  double sum = 0;
  for (const Detection& wanted : reference) {
    double least = kLargestDetectionError;
    for (const Detection& each : found)
      if (each.class_index == wanted.class_index) least = std::min(least, distance(wanted, each));
    sum += least;
  }
  return reference.empty() ? 0 : sum / static_cast<double>(reference.size());
}

Result<DetectionErrorJudge> DetectionErrorJudge::make(const Graph& reference, const std::filesystem::path& path, const Dataset& dataset,
                                                      std::size_t pictures) {
  OCTET_ASSIGN(const Detector detector, make_detector(reference, path));
  DetectionSession session(detector, 1);
  DetectionErrorJudge judge;
  judge.path_ = path;
  for (std::size_t i = 0; i < dataset.images.size() && judge.images_.size() < pictures; ++i) {
    auto image = read_image(dataset.images[i].path, dataset.decode);
    if (!image.ok()) continue;  // the calibration has named it
    OCTET_ASSIGN(auto found, session.detect(*image, {.score_threshold = kReferenceScore}));
    if (found.empty()) continue;
    judge.images_.push_back(std::move(*image));
    judge.reference_.push_back(std::move(found));
  }
  if (judge.images_.empty()) return Error{ErrorCode::kNotFound, "finds nothing in the pictures of the calibration set"};
  return judge;
}

Result<double> DetectionErrorJudge::error_of(const Graph& graph) const {
  OCTET_ASSIGN(const Detector detector, make_detector(graph, path_));
  DetectionSession session(detector, 1);
  double sum = 0;
  for (std::size_t i = 0; i < images_.size(); ++i) {
    OCTET_ASSIGN(const auto found, session.detect(images_[i], {.score_threshold = kLeastScore}));
    sum += detection_error(reference_[i], found);
  }
  return sum / static_cast<double>(images_.size());
}

}  // namespace octet
