#include "eval/operating_point.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace octet {
namespace {

constexpr int kThreshold = 0;  // IoU 0.5
constexpr auto kAllSizes = static_cast<std::size_t>(SizeClass::kAll);

// One detection that counts.
struct Judged {
  double score = 0;
  bool is_right = false;
};

template <typename Visit>
void for_each_judged(const CocoMatches& matches, Visit visit) {
  for (const CategoryMatches& category : matches.categories)
    for (const MatchedDetection& detection : category.detections)
      if (!(detection.ignored[kAllSizes] >> kThreshold & 1))
        visit(Judged{detection.score, (detection.matched[kAllSizes] >> kThreshold & 1) != 0});
}

std::int64_t count_objects(const CocoMatches& matches) {
  std::size_t objects = 0;
  for (const CategoryMatches& category : matches.categories) objects += category.objects[kAllSizes].size();
  return static_cast<std::int64_t>(objects);
}

double ratio(std::int64_t part, std::int64_t whole) { return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : -1; }

}  // namespace

double OperatingPoint::precision() const { return ratio(right, right + wrong); }
double OperatingPoint::recall() const { return ratio(right, objects); }
double OperatingPoint::f1() const { return ratio(2 * right, right + wrong + objects); }

OperatingPoint operating_point(const CocoMatches& matches, double threshold) {
  OperatingPoint point{.threshold = threshold, .objects = count_objects(matches)};
  for_each_judged(matches, [&](const Judged& detection) {
    if (detection.score >= threshold) ++(detection.is_right ? point.right : point.wrong);
  });
  return point;
}

OperatingPoint best_operating_point(const CocoMatches& matches) {
  std::vector<Judged> detections;
  for_each_judged(matches, [&](const Judged& detection) { detections.push_back(detection); });
  std::ranges::sort(detections, std::ranges::greater(), &Judged::score);
  OperatingPoint point{.threshold = std::numeric_limits<double>::infinity(), .objects = count_objects(matches)}, best = point;
  for (std::size_t i = 0; i < detections.size(); ++i) {
    ++(detections[i].is_right ? point.right : point.wrong);
    point.threshold = detections[i].score;
    const bool ends_ties = i + 1 == detections.size() || detections[i + 1].score < point.threshold;
    if (ends_ties && point.f1() > best.f1()) best = point;
  }
  return best;
}

double calibration_error(const CocoMatches& matches, double threshold) {
  struct Bin {
    double scores = 0;
    std::int64_t right = 0, count = 0;
  };
  std::array<Bin, 10> bins{};
  std::int64_t all = 0;
  for_each_judged(matches, [&](const Judged& detection) {
    if (!(detection.score >= threshold)) return;
    const double place = (detection.score - threshold) / std::max(1 - threshold, std::numeric_limits<double>::min());
    Bin& bin = bins[static_cast<std::size_t>(std::clamp(place, 0.0, 0.999999) * static_cast<double>(bins.size()))];
    bin.scores += detection.score;
    bin.right += detection.is_right;
    ++bin.count;
    ++all;
  });
  if (all == 0) return -1;
  double error = 0;
  for (const Bin& bin : bins) error += std::abs(bin.scores - static_cast<double>(bin.right)) / static_cast<double>(all);
  return error;
}

}  // namespace octet
