#include "eval/average_precision.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace octet {
namespace {

constexpr int kRecallPoints = 101;

double recall_point(int index) { return index == kRecallPoints - 1 ? 1.0 : index * 0.01; }

// One step of the precision-recall curve: the state after a detection was counted.
struct CurvePoint {
  double recall, precision;
};

double mean_precision(std::vector<CurvePoint>& curve) {
  for (std::size_t i = curve.size(); i-- > 1;) curve[i - 1].precision = std::max(curve[i - 1].precision, curve[i].precision);
  double sum = 0;
  std::size_t at = 0;
  for (int point = 0; point < kRecallPoints; ++point) {
    while (at < curve.size() && curve[at].recall < recall_point(point)) ++at;
    if (at == curve.size()) break;  // recall is never reached: precision 0 from here on
    sum += curve[at].precision;
  }
  return sum / kRecallPoints;
}

class Weights {
 public:
  explicit Weights(std::span<const std::uint32_t> by_image) : by_image_(by_image) {}
  std::uint64_t of(std::uint32_t image) const { return by_image_.empty() ? 1 : by_image_[image]; }

 private:
  std::span<const std::uint32_t> by_image_;
};

}  // namespace

CategoryScore score_category(const CategoryMatches& matches, SizeClass size, int max_detections,
                             std::span<const std::uint32_t> image_weights) {
  const auto class_index = static_cast<std::size_t>(size);
  const Weights weights(image_weights);
  std::uint64_t objects = 0;
  for (const std::uint32_t image : matches.objects[class_index]) objects += weights.of(image);
  if (objects == 0) return {};

  CategoryScore score{.is_defined = true, .average_precision = {}, .recall = {}};
  std::vector<CurvePoint> curve;
  curve.reserve(matches.detections.size());
  for (int t = 0; t < kIouThresholdCount; ++t) {
    const unsigned bit = 1u << t;
    std::uint64_t hits = 0, misses = 0;
    curve.clear();
    for (const MatchedDetection& detection : matches.detections) {
      if (detection.rank >= max_detections || (detection.ignored[class_index] & bit)) continue;
      const std::uint64_t weight = weights.of(detection.image);
      if (weight == 0) continue;
      ((detection.matched[class_index] & bit) ? hits : misses) += weight;
      const auto total = static_cast<double>(hits + misses);
      curve.push_back({static_cast<double>(hits) / static_cast<double>(objects),
                       static_cast<double>(hits) / (total + std::numeric_limits<double>::epsilon())});
    }
    score.average_precision[t] = mean_precision(curve);
    score.recall[t] = curve.empty() ? 0 : curve.back().recall;
  }
  return score;
}

}  // namespace octet
