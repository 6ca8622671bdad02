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

double ratio(std::int64_t part, std::int64_t whole) { return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : -1; }

}  // namespace

double OperatingPoint::precision() const { return ratio(right, right + wrong); }
double OperatingPoint::recall() const { return ratio(right, objects); }
double OperatingPoint::f1() const { return ratio(2 * right, right + wrong + objects); }

void JudgedScores::add(const CocoMatches& matches) {
  for (const CategoryMatches& category : matches.categories) {
    objects_ += static_cast<std::int64_t>(category.objects[kAllSizes].size());
    for (const MatchedDetection& detection : category.detections) {
      if (detection.ignored[kAllSizes] >> kThreshold & 1) continue;
      ((detection.matched[kAllSizes] >> kThreshold & 1) != 0 ? right_ : wrong_).push_back(detection.score);
    }
  }
}

OperatingPoint JudgedScores::at(double threshold) const {
  const auto count = [threshold](const std::vector<double>& scores) {
    return std::ranges::count_if(scores, [threshold](double score) { return score >= threshold; });
  };
  return {threshold, count(right_), count(wrong_), objects_};
}

OperatingPoint JudgedScores::best() const {
  std::vector<double> right = right_, wrong = wrong_;
  std::ranges::sort(right, std::ranges::greater());
  std::ranges::sort(wrong, std::ranges::greater());
  OperatingPoint best{.threshold = std::numeric_limits<double>::infinity(), .objects = objects_};
  // Where it is highest, what scores just so much is right: a threshold that only adds wrong ones is none better.
  std::size_t wrong_above = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    if (i + 1 < right.size() && right[i + 1] == right[i]) continue;
    while (wrong_above < wrong.size() && wrong[wrong_above] >= right[i]) ++wrong_above;
    const OperatingPoint point{right[i], static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(wrong_above), objects_};
    if (point.f1() > best.f1()) best = point;
  }
  return best;
}

double JudgedScores::calibration_error(double threshold) const {
  struct Bin {
    double scores = 0;
    std::int64_t right = 0;
  };
  std::array<Bin, 10> bins{};
  std::int64_t all = 0;
  const auto fill = [&](const std::vector<double>& scores, bool are_right) {
    for (const double score : scores) {
      if (!(score >= threshold)) continue;
      const double place = (score - threshold) / std::max(1 - threshold, std::numeric_limits<double>::min());
      Bin& bin = bins[static_cast<std::size_t>(std::clamp(place, 0.0, 0.999999) * static_cast<double>(bins.size()))];
      bin.scores += score;
      bin.right += are_right;
      ++all;
    }
  };
  fill(right_, true);
  fill(wrong_, false);
  if (all == 0) return -1;
  double error = 0;
  for (const Bin& bin : bins) error += std::abs(bin.scores - static_cast<double>(bin.right)) / static_cast<double>(all);
  return error;
}

}  // namespace octet
