#include "eval/average_precision.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace octet {
namespace {

// One step of the precision-recall curve: the state after a detection that met an object. Those that met none lower the precision
// at a recall that has been reached, so that neither the mean below nor the highest recall would change by them.
struct CurvePoint {
  double recall, precision;
};

// The curve of one category at one IoU threshold as its detections are counted.
struct Curve {
  std::uint64_t hits = 0, misses = 0;
  std::vector<CurvePoint> points;

  void hit(std::uint64_t weight, std::uint64_t other_misses, std::uint64_t objects) {
    hits += weight;
    const auto total = static_cast<double>(hits + misses + other_misses);
    points.push_back({static_cast<double>(hits) / static_cast<double>(objects),
                      static_cast<double>(hits) / (total + std::numeric_limits<double>::epsilon())});
  }
};

PrecisionCurve read_at_recalls(std::vector<CurvePoint>& points) {
  for (std::size_t i = points.size(); i-- > 1;) points[i - 1].precision = std::max(points[i - 1].precision, points[i].precision);
  PrecisionCurve read{};
  std::size_t at = 0;
  for (int i = 0; i < kRecallPoints; ++i) {
    while (at < points.size() && points[at].recall < recall_point(i)) ++at;
    if (at == points.size()) break;  // recall is never reached: precision 0 from here on
    read[static_cast<std::size_t>(i)] = points[at].precision;
  }
  return read;
}

double mean_precision(std::vector<CurvePoint>& points) {
  double sum = 0;
  for (const double precision : read_at_recalls(points)) sum += precision;
  return sum / kRecallPoints;
}

class Weights {
 public:
  explicit Weights(std::span<const std::uint32_t> by_image) : by_image_(by_image) {}
  std::uint64_t of(std::uint32_t image) const { return by_image_.empty() ? 1 : by_image_[image]; }

 private:
  std::span<const std::uint32_t> by_image_;
};

std::uint64_t count_objects(const CategoryMatches& matches, std::size_t size, const Weights& weights) {
  std::uint64_t objects = 0;
  for (const std::uint32_t image : matches.objects[size]) objects += weights.of(image);
  return objects;
}

std::array<Curve, kIouThresholdCount> count_detections(const CategoryMatches& matches, std::size_t size, int max_detections,
                                                       const Weights& weights, std::uint64_t objects) {
  std::array<Curve, kIouThresholdCount> curves;
  std::uint64_t misses_of_all = 0;  // of detections that met nothing at any threshold, which most are
  for (const MatchedDetection& detection : matches.detections) {
    const unsigned matched = detection.matched[size], ignored = detection.ignored[size];
    if (detection.rank >= max_detections || ignored == kEveryThreshold) continue;
    const std::uint64_t weight = weights.of(detection.image);
    if (weight == 0) continue;
    if ((matched | ignored) == 0) {
      misses_of_all += weight;
      continue;
    }
    for (int t = 0; t < kIouThresholdCount; ++t) {
      Curve& curve = curves[static_cast<std::size_t>(t)];
      if (ignored >> t & 1) continue;
      if (matched >> t & 1)
        curve.hit(weight, misses_of_all, objects);
      else
        curve.misses += weight;
    }
  }
  return curves;
}

}  // namespace

double recall_point(int index) { return index == kRecallPoints - 1 ? 1.0 : index * 0.01; }

CategoryScore score_category(const CategoryMatches& matches, SizeClass size, int max_detections,
                             std::span<const std::uint32_t> image_weights) {
  const auto class_index = static_cast<std::size_t>(size);
  const Weights weights(image_weights);
  const std::uint64_t objects = count_objects(matches, class_index, weights);
  if (objects == 0) return {};
  auto curves = count_detections(matches, class_index, max_detections, weights, objects);
  CategoryScore score{.is_defined = true, .average_precision = {}, .recall = {}};
  for (std::size_t t = 0; t < kIouThresholdCount; ++t) {
    score.average_precision[t] = mean_precision(curves[t].points);
    score.recall[t] = static_cast<double>(curves[t].hits) / static_cast<double>(objects);
  }
  return score;
}

std::array<PrecisionCurve, kIouThresholdCount> precision_curves(const CategoryMatches& matches, SizeClass size, int max_detections) {
  const auto class_index = static_cast<std::size_t>(size);
  const Weights once({});
  const std::uint64_t objects = count_objects(matches, class_index, once);
  std::array<PrecisionCurve, kIouThresholdCount> precision{};
  if (objects == 0) return precision;
  auto curves = count_detections(matches, class_index, max_detections, once, objects);
  for (std::size_t t = 0; t < kIouThresholdCount; ++t) precision[t] = read_at_recalls(curves[t].points);
  return precision;
}

}  // namespace octet
