// voc2007, voc2012: VOC's development kit, in which an object that is difficult (a crowd, in COCO's form) counts neither way.

#include <algorithm>

#include "eval/by_image.h"
#include "eval/pascal.h"

namespace octet {
namespace {

constexpr double kLeastOverlap = 0.5;

std::vector<FoundBox> by_falling_score(std::span<const FoundBox> found) {
  std::vector<FoundBox> sorted(found.begin(), found.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), &FoundBox::score);
  return sorted;
}

// Each detection is judged by the object that it overlaps most, taken or not.
void rank_in_image(std::uint32_t image, std::span<const TruthBox> truth, std::span<const FoundBox> found, Ranking& ranking) {
  std::vector<char> taken(truth.size());
  std::vector<double> overlaps(truth.size());
  for (const FoundBox& box : by_falling_score(found)) {
    std::ranges::transform(truth, overlaps.begin(), [&](const TruthBox& object) { return iou(box.box, object.box); });
    const auto [best, overlap] = best_overlap(overlaps);
    const bool meets = overlap >= kLeastOverlap;
    if (meets && truth[best].is_crowd) continue;
    ranking.detections.push_back({box.score, image, meets && !taken[best]});
    if (meets) taken[best] = 1;
  }
}

Ranking rank(std::span<const TruthBox> truth, std::span<const FoundBox> found) {
  Ranking ranking;
  for (const TruthBox& object : truth)
    if (!object.is_crowd) ranking.objects.push_back(object.image);
  for_each_image(truth, found, [&](std::uint32_t image, std::span<const TruthBox> truth_here, std::span<const FoundBox> found_here) {
    rank_in_image(image, truth_here, found_here, ranking);
  });
  return ranking;
}

}  // namespace

Result<MetricAccuracy> evaluate_voc2007(const CocoGroundTruth& truth, const ResultSource& results, int threads) {
  return evaluate_pascal(truth, results, threads, {rank, PascalAverage::kElevenPoints});
}

Result<MetricAccuracy> evaluate_voc2012(const CocoGroundTruth& truth, const ResultSource& results, int threads) {
  return evaluate_pascal(truth, results, threads, {rank, PascalAverage::kArea});
}

}  // namespace octet
