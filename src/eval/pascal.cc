#include "eval/pascal.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "eval/by_category.h"

namespace octet {
namespace {

PrecisionRecall curve_of(const Ranking& ranking) {
  const auto objects = static_cast<double>(ranking.objects.size());
  PrecisionRecall curve;
  double right = 0, all = 0;
  for (const RankedDetection& detection : ranking.detections) {
    right += detection.right;
    all += detection.right > 0 ? detection.right : 1;
    curve.precision.push_back(right / all);
    curve.recall.push_back(right / objects);
  }
  return curve;
}

// The average in each draw. Points of the curve between two hits are left out: they have the recall of the first and less precision.
DrawnPrecision drawn_average(const Ranking& ranking, const DrawCounts& draws, const PascalRules& rules) {
  std::array<PrecisionRecall, kDrawsAtOnce> curves;
  std::array<double, kDrawsAtOnce> objects{}, right{}, all{};
  for (const std::uint32_t image : ranking.objects)
    for (std::size_t i = 0; i < kDrawsAtOnce; ++i) objects[i] += draws[image][i];
  for (const RankedDetection& detection : ranking.detections) {
    const auto& counts = draws[detection.image];
    const double worth = detection.right > 0 ? detection.right : 1;
    for (std::size_t i = 0; i < kDrawsAtOnce; ++i) {
      right[i] += counts[i] * detection.right;
      all[i] += counts[i] * worth;
    }
    for (std::size_t i = 0; detection.right > 0 && i < kDrawsAtOnce; ++i) {
      if (counts[i] == 0) continue;
      curves[i].precision.push_back(right[i] / all[i]);
      curves[i].recall.push_back(right[i] / objects[i]);
    }
  }
  DrawnPrecision averages;
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i)
    averages[i] = objects[i] > 0 ? rules.average(std::move(curves[i])) : std::numeric_limits<double>::quiet_NaN();
  return averages;
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

Result<MetricAccuracy> evaluate_pascal(const CocoGroundTruth& truth, const ResultSource& results, int threads, const PascalRules& rules) {
  const CocoIds ids = ids_of(truth);
  OCTET_RETURN_IF_ERROR(check_images(results, ids.image_ids));
  std::vector<CategoryAccuracy> categories(ids.category_ids.size());
  const auto rankings = std::make_shared<std::vector<Ranking>>(categories.size());
  std::size_t before = 0;  // categories
  OCTET_RETURN_IF_ERROR(for_each_group(results, ids.category_ids, [&](auto group, auto found) -> Status {
    const Status ranked =
        for_each_category(truth, found, {ids.image_ids, {group.begin(), group.end()}}, threads,
                          [&](std::size_t place, std::span<const TruthBox> truth_boxes, std::span<const FoundBox> found_boxes) {
                            const std::size_t k = before + place;
                            Ranking& ranking = (*rankings)[k] = rules.rank(truth_boxes, found_boxes);
                            std::ranges::stable_sort(ranking.detections, std::ranges::greater(), &RankedDetection::score);
                            categories[k] = {ids.category_ids[k], name_of_category(truth, ids.category_ids[k]),
                                             static_cast<std::int64_t>(ranking.objects.size())};
                            if (!ranking.objects.empty()) categories[k].AP = categories[k].AP50 = rules.average(curve_of(ranking));
                          });
    before += group.size();
    return ranked;
  }));
  double sum = 0;
  int count = 0;
  for (const CategoryAccuracy& category : categories) {
    if (category.AP < 0) continue;
    sum += category.AP;
    ++count;
  }
  const double mean = count > 0 ? sum / count : -1;
  const auto make_drawn_ap = [rankings, rules]() -> DrawnAp {
    return [rankings, rules](SizeClass, std::size_t k, const DrawCounts& draws) { return drawn_average((*rankings)[k], draws, rules); };
  };
  return MetricAccuracy{{{"AP", mean}}, {mean, {-1, -1, -1}, std::move(categories), ids.image_ids.size(), make_drawn_ap}};
}

BestOverlap best_overlap(std::span<const double> overlaps) {
  const auto best = std::ranges::max_element(overlaps);
  if (best == overlaps.end()) return {};
  return {static_cast<std::size_t>(best - overlaps.begin()), *best};
}

}  // namespace octet
