#include "eval/average_precision.h"

#include <algorithm>
#include <limits>

namespace octet {
namespace {

std::uint64_t count_objects(const CategoryMatches& matches, SizeClass size, std::span<const std::uint32_t> image_weights) {
  const ScratchVector<std::uint32_t>& objects = matches.objects[static_cast<std::size_t>(size)];
  if (image_weights.empty()) return objects.size();
  std::uint64_t count = 0;
  for (const std::uint32_t image : objects) count += image_weights[image];
  return count;
}

CategoryScorer scorer_of(const CategoryMatches& matches, SizeClass size, int max_detections, std::span<const std::uint32_t> image_weights) {
  CategoryScorer scorer(count_objects(matches, size, image_weights), size, max_detections, image_weights);
  matches.detections.for_each_block([&](std::span<const MatchedDetection> detections) { scorer.add(detections); });
  return scorer;
}

}  // namespace

double recall_point(int index) { return index == kRecallPoints - 1 ? 1.0 : index * 0.01; }

void CategoryScorer::add(std::span<const MatchedDetection> detections) {
  if (objects_ == 0) return;
  for (const MatchedDetection& detection : detections) {
    const unsigned matched = detection.matched[size_], ignored = detection.ignored[size_];
    if (detection.rank >= max_detections_ || ignored == kEveryThreshold) continue;
    const std::uint64_t weight = weights_.empty() ? 1 : weights_[detection.image];
    if (weight == 0) continue;
    if ((matched | ignored) == 0) {
      misses_of_all_ += weight;
      continue;
    }
    for (int t = 0; t < kIouThresholdCount; ++t) {
      Curve& curve = curves_[static_cast<std::size_t>(t)];
      if (ignored >> t & 1) continue;
      if (matched >> t & 1)
        hit(curve, weight);
      else
        curve.misses += weight;
    }
  }
}

// Those that met no object lower the precision at a recall that has been reached, so that nothing would change by them.
void CategoryScorer::hit(Curve& curve, std::uint64_t weight) const {
  curve.hits += weight;
  const auto hits = static_cast<double>(curve.hits), total = static_cast<double>(curve.hits + curve.misses + misses_of_all_);
  const double recall = hits / static_cast<double>(objects_), precision = hits / (total + std::numeric_limits<double>::epsilon());
  while (curve.reached < kRecallPoints && recall_point(static_cast<int>(curve.reached)) <= recall) ++curve.reached;
  double& highest = curve.highest[curve.reached - 1];
  highest = std::max(highest, precision);
}

std::array<PrecisionCurve, kIouThresholdCount> CategoryScorer::precision() const {
  std::array<PrecisionCurve, kIouThresholdCount> precision{};
  for (std::size_t t = 0; t < kIouThresholdCount; ++t) {
    precision[t] = curves_[t].highest;
    for (std::size_t i = kRecallPoints - 1; i-- > 0;) precision[t][i] = std::max(precision[t][i], precision[t][i + 1]);
  }
  return precision;
}

CategoryScore CategoryScorer::score() const {
  if (objects_ == 0) return {};
  CategoryScore score{.is_defined = true, .average_precision = {}, .recall = {}};
  const auto curves = precision();
  for (std::size_t t = 0; t < kIouThresholdCount; ++t) {
    double sum = 0;
    for (const double precision : curves[t]) sum += precision;
    score.average_precision[t] = sum / kRecallPoints;
    score.recall[t] = static_cast<double>(curves_[t].hits) / static_cast<double>(objects_);
  }
  return score;
}

CategoryScore score_category(const CategoryMatches& matches, SizeClass size, int max_detections,
                             std::span<const std::uint32_t> image_weights) {
  return scorer_of(matches, size, max_detections, image_weights).score();
}

std::array<PrecisionCurve, kIouThresholdCount> precision_curves(const CategoryMatches& matches, SizeClass size, int max_detections) {
  return scorer_of(matches, size, max_detections, {}).precision();
}

}  // namespace octet
