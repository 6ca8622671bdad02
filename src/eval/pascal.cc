#include "eval/pascal.h"

#include <algorithm>

#include "eval/by_category.h"

namespace octet {
namespace {

PrecisionRecall curve_of(Ranking ranking) {
  std::ranges::stable_sort(ranking.detections, std::ranges::greater(), &RankedDetection::score);
  PrecisionRecall curve;
  double right = 0, all = 0;
  for (const RankedDetection& detection : ranking.detections) {
    right += detection.right;
    all += detection.right > 0 ? detection.right : 1;
    curve.precision.push_back(right / all);
    curve.recall.push_back(right / ranking.objects);
  }
  return curve;
}

}  // namespace

double eleven_point_average(const PrecisionRecall& curve) {
  double result = 0;
  for (int i = 0; i <= 10; ++i) {
    const double point = i * 0.1;
    double best = 0;
    for (std::size_t k = 0; k < curve.recall.size(); ++k)
      if (curve.recall[k] >= point) best = std::max(best, curve.precision[k]);
    result += best / 11.0;
  }
  return result;
}

double area_under(PrecisionRecall curve) {
  curve.recall.insert(curve.recall.begin(), 0);
  curve.precision.insert(curve.precision.begin(), 0);
  curve.recall.push_back(1);
  curve.precision.push_back(0);
  for (std::size_t i = curve.precision.size(); i-- > 1;) curve.precision[i - 1] = std::max(curve.precision[i - 1], curve.precision[i]);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < curve.recall.size(); ++i) sum += (curve.recall[i + 1] - curve.recall[i]) * curve.precision[i + 1];
  return sum;
}

Result<MetricAccuracy> evaluate_pascal(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads,
                                       const PascalRules& rules) {
  const CocoIds ids = ids_of(truth);
  std::vector<CategoryAccuracy> categories(ids.category_ids.size());
  OCTET_RETURN_IF_ERROR(for_each_category(
      truth, results, ids, threads, [&](std::size_t k, std::span<const TruthBox> truth_boxes, std::span<const FoundBox> found_boxes) {
        Ranking ranking = rules.rank(truth_boxes, found_boxes);
        categories[k] = {ids.category_ids[k], name_of_category(truth, ids.category_ids[k]), static_cast<std::int64_t>(ranking.objects)};
        if (ranking.objects > 0) categories[k].AP = categories[k].AP50 = rules.average(curve_of(std::move(ranking)));
      }));
  double sum = 0;
  int count = 0;
  for (const CategoryAccuracy& category : categories) {
    if (category.AP < 0) continue;
    sum += category.AP;
    ++count;
  }
  return MetricAccuracy{{{"AP", count > 0 ? sum / count : -1}}, std::move(categories)};
}

BestOverlap best_overlap(std::span<const double> overlaps) {
  const auto best = std::ranges::max_element(overlaps);
  if (best == overlaps.end()) return {};
  return {static_cast<std::size_t>(best - overlaps.begin()), *best};
}

}  // namespace octet
