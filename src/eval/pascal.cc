#include "eval/pascal.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <ranges>
#include <utility>

#include "base/parallel.h"
#include "base/scratch_array.h"
#include "base/sorted_list.h"
#include "eval/by_category.h"

namespace octet {
namespace {

constexpr int kLastPoint = 10;  // of eleven

using SortedDetections = SortedList<RankedDetection, &RankedDetection::score>;

// What is drawn of one category: detections by falling score, and the images of its objects.
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

// The average in each draw of images; NaN in one without an object.
//   counts_of   how often an image is in each draw
template <std::size_t kDraws, typename CountsOf>
std::array<double, kDraws> drawn_averages(const RankedCategory& category, PascalAverage kind, CountsOf counts_of) {
  std::array<double, kDraws> objects{}, right{}, all{};
  for (const std::uint32_t image : category.objects)
    for (std::size_t i = 0; i < kDraws; ++i) objects[i] += counts_of(image)[i];
  for (const RankedDetection& detection : category.detections)
    for (std::size_t i = 0; i < kDraws; ++i) {
      all[i] += counts_of(detection.image)[i];
      right[i] += detection.is_right * counts_of(detection.image)[i];
    }
  std::vector<AverageFromEnd> averages(kDraws, AverageFromEnd(kind));
  for (const RankedDetection& detection : category.detections | std::views::reverse)
    for (std::size_t i = 0; i < kDraws; ++i) {
      const auto count = counts_of(detection.image)[i];
      if (detection.is_right && count > 0) averages[i].add({right[i] / all[i], right[i] / objects[i]});
      all[i] -= count;  // exact, as these are whole numbers
      right[i] -= detection.is_right * count;
    }
  std::array<double, kDraws> drawn;
  for (std::size_t i = 0; i < kDraws; ++i) drawn[i] = objects[i] > 0 ? averages[i].average() : std::numeric_limits<double>::quiet_NaN();
  return drawn;
}

double average_of(const RankedCategory& category, PascalAverage kind) {
  constexpr std::array<std::uint8_t, 1> kOnce = {1};
  return drawn_averages<1>(category, kind, [&](std::uint32_t) { return kOnce; })[0];
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

void AverageFromEnd::add(const PrecisionRecall& point) {
  if (kind_ == PascalAverage::kArea) {
    sum_ += (recall_ - point.recall) * highest_;
    recall_ = point.recall;
  } else {
    for (; points_ <= kLastPoint && point.recall < (kLastPoint - points_) * 0.1; ++points_) sum_ += highest_;
  }
  highest_ = std::max(highest_, point.precision);
}

double AverageFromEnd::average() const {
  if (kind_ == PascalAverage::kArea) return sum_ + recall_ * highest_;
  return (sum_ + (kLastPoint + 1 - points_) * highest_) / (kLastPoint + 1);
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
      categories[begin + i] = {ids.category_ids[begin + i], name_of_category(truth, ids.category_ids[begin + i]),
                               static_cast<std::int64_t>(ranked[i].objects.size())};
    });
    for (const RankedPieces& category : ranked) all->add(category.detections, category.objects);
    begin = end;
  }
  all->finish();
  parallel_for_each(threads, categories.size(), [&](int, std::size_t k) {
    if (categories[k].objects == 0) return;
    const RankedCategory category = (*all)[k];
    categories[k].AP = categories[k].AP50 = average_of(category, rules.average);
    all->release(category);
  });
  double sum = 0;
  int count = 0;
  for (const CategoryAccuracy& category : categories) {
    if (category.AP < 0) continue;
    sum += category.AP;
    ++count;
  }
  const double mean = count > 0 ? sum / count : -1;
  const auto make_drawn_ap = [all, kind = rules.average]() -> DrawnAp {
    return [all, kind](SizeClass, std::size_t k, const DrawCounts& draws) {
      const RankedCategory category = (*all)[k];
      const DrawnPrecision drawn =
          drawn_averages<kDrawsAtOnce>(category, kind, [&](std::uint32_t image) -> const ImageCounts& { return draws[image]; });
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
