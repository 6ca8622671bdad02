#include "steps/detection_error.h"

#include <algorithm>

#include "boxes/box.h"

namespace octet {
namespace {

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

}  // namespace octet
