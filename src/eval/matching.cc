#include "eval/matching.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "eval/by_image.h"

namespace octet {
namespace {

constexpr double kLargestArea = 1e10;

double coco_overlap(const BoxLtwh& found, const TruthBox& truth) {
  if (!truth.is_crowd) return iou(found, truth.box);
  const double inter = intersection(found, truth.box);
  return inter > 0 ? inter / found.area() : 0;
}

// The objects and detections of one image. Scratch memory is kept from image to image.
class ImageMatcher {
 public:
  explicit ImageMatcher(const std::array<AreaRange, kSizeClassCount>& areas) : areas_(areas) {}

  void match(std::span<const TruthBox> truth, std::span<const FoundBox> found, std::span<MatchedDetection> matches) {
    if (!truth.empty()) match_objects(truth, found, matches);
    for (std::size_t size = 0; size < kSizeClassCount; ++size) ignore_misses_of_other_size(size, found, matches);
  }

 private:
  void match_objects(std::span<const TruthBox> truth, std::span<const FoundBox> found, std::span<MatchedDetection> matches) {
    fill_overlaps(truth, found);
    if (std::ranges::all_of(overlaps_, [](double overlap) { return overlap < iou_threshold(0); })) return;
    for (std::size_t size = 0; size < kSizeClassCount; ++size) {
      sort_ignored_last(truth, areas_[size]);
      for (int t = 0; t < kIouThresholdCount; ++t) match_at(t, size, truth, matches);
    }
  }

  void fill_overlaps(std::span<const TruthBox> truth, std::span<const FoundBox> found) {
    overlaps_.resize(truth.size() * found.size());
    for (std::size_t d = 0; d < found.size(); ++d)
      for (std::size_t g = 0; g < truth.size(); ++g) overlaps_[d * truth.size() + g] = coco_overlap(found[d].box, truth[g]);
  }

  void sort_ignored_last(std::span<const TruthBox> truth, const AreaRange& range) {
    ignored_.resize(truth.size());
    order_.resize(truth.size());
    for (std::size_t g = 0; g < truth.size(); ++g) ignored_[g] = truth[g].is_crowd || !range.contains(truth[g].area);
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_partition(order_.begin(), order_.end(), [&](std::size_t g) { return !ignored_[g]; });
  }

  void match_at(int t, std::size_t size, std::span<const TruthBox> truth, std::span<MatchedDetection> matches) {
    const auto bit = static_cast<ThresholdBits>(1u << t);
    taken_.assign(truth.size(), 0);
    for (std::size_t d = 0; d < matches.size(); ++d) {
      const std::size_t best = best_object(std::span(overlaps_).subspan(d * truth.size(), truth.size()), t, truth);
      if (best == truth.size()) continue;
      taken_[best] = 1;
      if (truth[best].is_countable) matches[d].matched[size] |= bit;
      if (ignored_[best]) matches[d].ignored[size] |= bit;
    }
  }

  // Index of the object that a detection takes, or truth.size().
  std::size_t best_object(std::span<const double> overlaps, int t, std::span<const TruthBox> truth) const {
    double highest = std::min(iou_threshold(t), 1 - 1e-10);
    std::size_t best = truth.size();
    for (const std::size_t g : order_) {
      if (taken_[g] && !truth[g].is_crowd) continue;
      if (best != truth.size() && !ignored_[best] && ignored_[g]) break;
      if (overlaps[g] < highest) continue;
      highest = overlaps[g];
      best = g;
    }
    return best;
  }

  void ignore_misses_of_other_size(std::size_t size, std::span<const FoundBox> found, std::span<MatchedDetection> matches) const {
    for (std::size_t d = 0; d < matches.size(); ++d)
      if (!areas_[size].contains(found[d].box.area()))
        matches[d].ignored[size] |= static_cast<ThresholdBits>(~matches[d].matched[size] & kEveryThreshold);
  }

  std::array<AreaRange, kSizeClassCount> areas_;
  std::vector<double> overlaps_;  // row: detection, column: object
  std::vector<char> ignored_, taken_;
  std::vector<std::size_t> order_;
};

// Most images have few boxes of a category, and std::stable_sort would allocate for each.
void sort_by_falling_score(std::vector<FoundBox>& boxes) {
  constexpr std::size_t kFew = 16;
  const auto scores_more = [](const FoundBox& a, const FoundBox& b) { return a.score > b.score; };
  if (boxes.size() > kFew) return std::stable_sort(boxes.begin(), boxes.end(), scores_more);
  for (auto box = boxes.begin(); box != boxes.end(); ++box)
    std::rotate(std::upper_bound(boxes.begin(), box, *box, scores_more), box, box + 1);
}

void note_objects(std::span<const TruthBox> truth, const MatchSettings& settings, CategoryMatches& matches) {
  for (std::size_t size = 0; size < kSizeClassCount; ++size)
    for (const TruthBox& box : truth)
      if (!box.is_crowd && settings.areas[size].contains(box.area)) matches.objects[size].push_back(box.image);
}

}  // namespace

Result<MatchSettings> match_settings(const std::array<int, 3>& max_detections, const std::array<double, 2>& area_limits) {
  const auto [fewest, between, most] = max_detections;
  if (!(1 <= fewest && fewest <= between && between <= most && most <= kMostDetections))
    return Error{ErrorCode::kInvalidArgument, fmt::format("max-detections: the numbers must rise, from 1 to {}", kMostDetections)};
  const auto [medium, large] = area_limits;
  if (!(0 <= medium && medium <= large && large <= kLargestArea))
    return Error{ErrorCode::kInvalidArgument, fmt::format("area-limits: the areas must rise, from 0 to {:g}", kLargestArea)};
  return MatchSettings{max_detections, {{{0, kLargestArea}, {0, medium}, {medium, large}, {large, kLargestArea}}}};
}

double iou_threshold(int index) {
  constexpr double kStep = (0.95 - 0.5) / 9;
  return index == kIouThresholdCount - 1 ? 0.95 : index * kStep + 0.5;
}

void match_piece(std::span<const TruthBox> truth, std::span<const FoundBox> found, const MatchSettings& settings,
                 const AdjustMatches& adjust, CategoryMatches& matches) {
  note_objects(truth, settings, matches);
  matches.detections.reserve(matches.detections.size() + found.size());
  ImageMatcher matcher(settings.areas);
  std::vector<FoundBox> in_image;
  std::vector<MatchedDetection> matched;
  for_each_image(truth, found, [&](std::uint32_t image, std::span<const TruthBox> truth_here, std::span<const FoundBox> found_here) {
    in_image.assign(found_here.begin(), found_here.end());
    sort_by_falling_score(in_image);
    in_image.resize(std::min(in_image.size(), static_cast<std::size_t>(settings.most_detections())));
    matched.clear();
    for (std::size_t rank = 0; rank < in_image.size(); ++rank)
      matched.push_back({in_image[rank].score, image, static_cast<std::uint16_t>(rank), {}, {}});
    matcher.match(truth_here, in_image, matched);
    if (adjust) adjust(matched);
    for (const MatchedDetection& detection : matched) matches.detections.add(detection);
  });
}

CategoryMatches match_category(std::span<const TruthBox> truth, std::span<const FoundBox> found, const MatchSettings& settings) {
  CategoryMatches matches;
  match_piece(truth, found, settings, {}, matches);
  matches.detections.sort();
  return matches;
}

}  // namespace octet
