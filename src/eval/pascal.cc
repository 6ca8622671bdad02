#include "eval/pascal.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "base/parallel.h"
#include "base/scratch_array.h"
#include "base/sorted_list.h"
#include "eval/by_category.h"

namespace octet {
namespace {

using SortedDetections = SortedList<RankedDetection, &RankedDetection::score>;

PrecisionRecall curve_of(const SortedDetections& detections, std::size_t objects) {
  PrecisionRecall curve;
  double right = 0, all = 0;
  detections.for_each_block([&](std::span<const RankedDetection> some) {
    for (const RankedDetection& detection : some) {
      right += detection.right;
      all += detection.right > 0 ? detection.right : 1;
      if (detection.right <= 0) continue;
      curve.precision.push_back(right / all);
      curve.recall.push_back(right / static_cast<double>(objects));
    }
  });
  return curve;
}

// What is drawn again of one category: detections by falling score, and the images of its objects.
struct RankedCategory {
  std::span<const RankedDetection> detections;
  std::span<const std::uint32_t> objects;
};

// Those of all categories, in temporary files where they are many.
class RankedCategories {
 public:
  void add(const SortedDetections& detections, std::span<const std::uint32_t> objects) {
    places_.push_back({detections_.size(), detections.size(), objects_.size(), objects.size()});
    detections.for_each_block([this](std::span<const RankedDetection> some) {
      for (const RankedDetection& detection : some) detections_.add(detection);
    });
    for (const std::uint32_t image : objects) objects_.add(image);
  }

  void finish() {
    detections_.finish();
    objects_.finish();
  }

  RankedCategory operator[](std::size_t category) const {
    const Place& place = places_[category];
    return {detections_.items(place.first_detection, place.detections), objects_.items(place.first_object, place.objects)};
  }

  void release(const RankedCategory& category) const {
    detections_.release(category.detections);
    objects_.release(category.objects);
  }

 private:
  struct Place {
    std::size_t first_detection, detections, first_object, objects;
  };

  std::vector<Place> places_;
  ScratchArray<RankedDetection> detections_;
  ScratchArray<std::uint32_t> objects_;
};

// The average in each draw.
DrawnPrecision drawn_average(const RankedCategory& category, const DrawCounts& draws, const PascalRules& rules) {
  std::array<PrecisionRecall, kDrawsAtOnce> curves;
  std::array<double, kDrawsAtOnce> objects{}, right{}, all{};
  for (const std::uint32_t image : category.objects)
    for (std::size_t i = 0; i < kDrawsAtOnce; ++i) objects[i] += draws[image][i];
  for (const RankedDetection& detection : category.detections) {
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

// What is annotated and found of one category comes to this.
struct RankedPieces {
  SortedDetections detections;
  std::vector<std::uint32_t> objects;
};

RankedPieces rank_category(std::size_t category, AnnotatedBoxes& truth, const FoundBoxes& found, const PascalRules& rules) {
  RankedPieces ranked;
  found.for_each_piece(category, truth, [&](std::span<const TruthBox> truth_boxes, std::span<const FoundBox> found_boxes) {
    const Ranking piece = rules.rank(truth_boxes, found_boxes);
    for (const RankedDetection& detection : piece.detections) ranked.detections.add(detection);
    ranked.objects.insert(ranked.objects.end(), piece.objects.begin(), piece.objects.end());
  });
  ranked.detections.sort();
  return ranked;
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
  OCTET_ASSIGN(const FoundBoxes found, FoundBoxes::of(results, ids));
  TruthBoxes annotated(truth, ids);
  std::vector<CategoryAccuracy> categories(ids.category_ids.size());
  const auto all = std::make_shared<RankedCategories>();
  for (std::size_t begin = 0; begin < categories.size();) {
    const std::size_t end = end_of_batch(found, begin);
    std::vector<RankedPieces> ranked(end - begin);
    parallel_for_each(threads, ranked.size(), [&](int, std::size_t i) {
      ranked[i] = rank_category(begin + i, annotated, found, rules);
      CategoryAccuracy& category = categories[begin + i];
      category = {ids.category_ids[begin + i], name_of_category(truth, ids.category_ids[begin + i]),
                  static_cast<std::int64_t>(ranked[i].objects.size())};
      if (!ranked[i].objects.empty()) category.AP = category.AP50 = rules.average(curve_of(ranked[i].detections, ranked[i].objects.size()));
    });
    for (const RankedPieces& category : ranked) all->add(category.detections, category.objects);
    begin = end;
  }
  all->finish();
  double sum = 0;
  int count = 0;
  for (const CategoryAccuracy& category : categories) {
    if (category.AP < 0) continue;
    sum += category.AP;
    ++count;
  }
  const double mean = count > 0 ? sum / count : -1;
  const auto make_drawn_ap = [all, rules]() -> DrawnAp {
    return [all, rules](SizeClass, std::size_t k, const DrawCounts& draws) {
      const RankedCategory category = (*all)[k];
      const DrawnPrecision drawn = drawn_average(category, draws, rules);
      all->release(category);
      return drawn;
    };
  };
  return MetricAccuracy{{{"AP", mean}}, {mean, {-1, -1, -1}, std::move(categories), ids.image_ids.size(), make_drawn_ap}};
}

BestOverlap best_overlap(std::span<const double> overlaps) {
  const auto best = std::ranges::max_element(overlaps);
  if (best == overlaps.end()) return {};
  return {static_cast<std::size_t>(best - overlaps.begin()), *best};
}

}  // namespace octet
