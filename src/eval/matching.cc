#include "eval/matching.h"

#include <algorithm>
#include <numeric>

namespace octet {
namespace {

struct AreaRange {
  double lowest, highest;
  bool contains(double area) const { return !(area < lowest || area > highest); }
};
constexpr AreaRange kAreaRanges[kSizeClassCount] = {{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}};

double coco_overlap(const BoxLtwh& found, const TruthBox& truth) {
  if (!truth.is_crowd) return iou(found, truth.box);
  const double inter = intersection(found, truth.box);
  return inter > 0 ? inter / found.area() : 0;
}

// The objects and detections of one image. Scratch memory is kept from image to image.
class ImageMatcher {
 public:
  void match(std::span<const TruthBox> truth, std::span<const FoundBox> found, std::span<MatchedDetection> matches) {
    fill_overlaps(truth, found);
    for (int size = 0; size < kSizeClassCount; ++size) {
      sort_ignored_last(truth, kAreaRanges[size]);
      for (int t = 0; t < kIouThresholdCount && !truth.empty(); ++t) match_at(t, size, truth, matches);
      ignore_misses_of_other_size(size, found, matches);
    }
  }

 private:
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

  void match_at(int t, int size, std::span<const TruthBox> truth, std::span<MatchedDetection> matches) {
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

  static void ignore_misses_of_other_size(int size, std::span<const FoundBox> found, std::span<MatchedDetection> matches) {
    constexpr ThresholdBits kEvery = (1u << kIouThresholdCount) - 1;
    for (std::size_t d = 0; d < found.size(); ++d)
      if (!kAreaRanges[size].contains(found[d].box.area()))
        matches[d].ignored[size] |= static_cast<ThresholdBits>(~matches[d].matched[size] & kEvery);
  }

  std::vector<double> overlaps_;  // row: detection, column: object
  std::vector<char> ignored_, taken_;
  std::vector<std::size_t> order_;
};

// The end of the run of equal images that begins at `begin`.
template <typename Box>
std::size_t end_of_image(const std::vector<Box>& boxes, std::size_t begin, std::uint32_t image) {
  while (begin < boxes.size() && boxes[begin].image == image) ++begin;
  return begin;
}

void note_objects(std::span<const TruthBox> truth, CategoryMatches& matches) {
  for (int size = 0; size < kSizeClassCount; ++size)
    for (const TruthBox& box : truth)
      if (!box.is_crowd && kAreaRanges[size].contains(box.area)) matches.objects[size].push_back(box.image);
}

}  // namespace

double iou_threshold(int index) {
  constexpr double kStep = (0.95 - 0.5) / 9;
  return index == kIouThresholdCount - 1 ? 0.95 : index * kStep + 0.5;
}

CategoryMatches match_category(std::span<const TruthBox> truth_any_order, std::span<const FoundBox> found_any_order) {
  std::vector<TruthBox> truth(truth_any_order.begin(), truth_any_order.end());
  std::vector<FoundBox> found(found_any_order.begin(), found_any_order.end());
  std::stable_sort(truth.begin(), truth.end(), [](const TruthBox& a, const TruthBox& b) { return a.image < b.image; });
  std::stable_sort(found.begin(), found.end(),
                   [](const FoundBox& a, const FoundBox& b) { return a.image != b.image ? a.image < b.image : a.score > b.score; });

  CategoryMatches matches;
  note_objects(truth, matches);
  ImageMatcher matcher;
  std::size_t first_truth = 0;
  for (std::size_t first = 0; first < found.size();) {
    const std::uint32_t image = found[first].image;
    const std::size_t last = end_of_image(found, first, image);
    const std::size_t kept = std::min(last - first, std::size_t{kMaxDetections});
    while (first_truth < truth.size() && truth[first_truth].image < image) ++first_truth;
    const std::size_t last_truth = end_of_image(truth, first_truth, image);

    const std::size_t at = matches.detections.size();
    for (std::size_t rank = 0; rank < kept; ++rank)
      matches.detections.push_back({found[first + rank].score, image, static_cast<std::uint16_t>(rank), {}, {}});
    matcher.match(std::span(truth).subspan(first_truth, last_truth - first_truth), std::span(found).subspan(first, kept),
                  std::span(matches.detections).subspan(at));
    first = last;
    first_truth = last_truth;
  }
  std::stable_sort(matches.detections.begin(), matches.detections.end(),
                   [](const MatchedDetection& a, const MatchedDetection& b) { return a.score > b.score; });
  return matches;
}

}  // namespace octet
