// openimages: the Open Images Challenge's metric, whose groups of objects are crowds in COCO's form.

#include <algorithm>
#include <limits>

#include "eval/by_image.h"
#include "eval/judged_results.h"
#include "eval/pascal.h"

namespace octet {
namespace {

constexpr double kLeastOverlap = 0.5;

// What is annotated of one category in one image.
class Scene {
 public:
  Scene(std::uint32_t image, std::span<const TruthBox> truth) : image_(image) {
    for (const TruthBox& box : truth) (box.is_crowd ? groups_ : objects_).push_back(box.box);
    taken_.resize(objects_.size());
    best_of_group_.assign(groups_.size(), -std::numeric_limits<double>::infinity());
  }

  // Detections by falling score: each is judged by the object that it overlaps most, taken or not; what is not right by that may lie in a
  // group.
  void judge(const FoundBox& found, Ranking& ranking) {
    const bool is_right = take_object(found.box);
    if (is_right || !join_group(found)) ranking.detections.push_back({found.score, image_, is_right});
  }

  // All detections in one group are a right one together, with the score of the best.
  void count_groups(Ranking& ranking) const {
    for (const double score : best_of_group_)
      if (score > 0) ranking.detections.push_back({score, image_, true});
  }

 private:
  template <typename Overlap>
  BestOverlap best_of(const std::vector<BoxLtwh>& boxes, Overlap overlap) {
    overlaps_.clear();
    for (const BoxLtwh& box : boxes) overlaps_.push_back(overlap(box));
    return best_overlap(overlaps_);
  }

  bool take_object(const BoxLtwh& found) {
    const auto [best, overlap] = best_of(objects_, [&](const BoxLtwh& object) { return iou(found, object); });
    if (overlap < kLeastOverlap || taken_[best]) return false;
    taken_[best] = 1;
    return true;
  }

  bool join_group(const FoundBox& found) {
    const auto [best, inside] = best_of(groups_, [&](const BoxLtwh& group) {
      const double shared = intersection(found.box, group);
      return shared > 0 ? shared / found.box.area() : 0;
    });
    if (inside < kLeastOverlap) return false;
    best_of_group_[best] = std::max(best_of_group_[best], found.score);
    return true;
  }

  std::uint32_t image_;
  std::vector<BoxLtwh> objects_, groups_;
  std::vector<char> taken_;
  std::vector<double> best_of_group_, overlaps_;
};

Ranking rank(std::span<const TruthBox> truth, std::span<const FoundBox> found) {
  Ranking ranking;
  for (const TruthBox& object : truth) ranking.objects.push_back(object.image);
  for_each_image(truth, found, [&](std::uint32_t image, std::span<const TruthBox> truth_here, std::span<const FoundBox> found_here) {
    Scene scene(image, truth_here);
    for (const FoundBox& box : found_here) scene.judge(box, ranking);
    scene.count_groups(ranking);
  });
  return ranking;
}

}  // namespace

Result<MetricAccuracy> evaluate_openimages(const CocoGroundTruth& truth, const ResultSource& results, int threads) {
  constexpr auto kAll = std::numeric_limits<std::size_t>::max();
  OCTET_ASSIGN(const auto judged, judged_results(truth, results, kAll));
  return evaluate_pascal(truth, *judged, threads, {rank, PascalAverage::kArea});
}

}  // namespace octet
