#include "eval/operating_point.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/sorted_list.h"

namespace octet {
namespace {

constexpr int kThreshold = 0;  // IoU 0.5
constexpr auto kAllSizes = static_cast<std::size_t>(SizeClass::kAll);

double ratio(std::int64_t part, std::int64_t whole) { return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : -1; }

struct JudgedScore {
  double score = 0;
  bool is_right = false;
};

}  // namespace

double OperatingPoint::precision() const { return ratio(right, right + wrong); }
double OperatingPoint::recall() const { return ratio(right, objects); }
double OperatingPoint::f1() const { return ratio(2 * right, right + wrong + objects); }

void JudgedScores::add(std::span<const CategoryMatches> matches) {
  for (const CategoryMatches& category : matches) {
    objects_ += static_cast<std::int64_t>(category.objects[kAllSizes].size());
    category.detections.for_each_block([&](std::span<const MatchedDetection> detections) {
      for (const MatchedDetection& detection : detections)
        if ((detection.ignored[kAllSizes] >> kThreshold & 1) == 0)
          scores_.add(detection.matched[kAllSizes] >> kThreshold & 1, detection.score);
    });
  }
}

template <typename Visit>
void JudgedScores::for_each(Visit visit) const {
  constexpr std::size_t kAtOnce = std::size_t{1} << 15;
  std::vector<double> scores;
  for (const std::size_t right : {1, 0})
    for (std::size_t begin = 0; begin < scores_.count(right); begin += scores.size()) {
      scores_.read(scores, right, begin, std::min(kAtOnce, scores_.count(right) - begin));
      for (const double score : scores) visit(score, right != 0);
    }
}

OperatingPoint JudgedScores::at(double threshold) const {
  OperatingPoint point{.threshold = threshold, .objects = objects_};
  for_each([&](double score, bool is_right) {
    if (score >= threshold) ++(is_right ? point.right : point.wrong);
  });
  return point;
}

OperatingPoint JudgedScores::best() const {
  SortedList<JudgedScore, &JudgedScore::score> sorted;
  for_each([&](double score, bool is_right) { sorted.add({score, is_right}); });
  sorted.sort();
  OperatingPoint best{.threshold = std::numeric_limits<double>::infinity(), .objects = objects_}, point = best;
  bool is_candidate = false;
  // Where it is highest, what scores just so much is right: a threshold that only adds wrong ones is none better.
  const auto consider = [&] {
    if (is_candidate && point.f1() > best.f1()) best = point;
    is_candidate = false;
  };
  sorted.for_each_block([&](std::span<const JudgedScore> scores) {
    for (const auto& [score, is_right] : scores) {
      if (score != point.threshold) consider();
      point.threshold = score;
      ++(is_right ? point.right : point.wrong);
      is_candidate |= is_right;
    }
  });
  consider();
  return best;
}

double JudgedScores::calibration_error(double threshold) const {
  struct Bin {
    double scores = 0;
    std::int64_t right = 0;
  };
  std::array<Bin, 10> bins{};
  std::int64_t all = 0;
  for_each([&](double score, bool is_right) {
    if (!(score >= threshold)) return;
    const double place = (score - threshold) / std::max(1 - threshold, std::numeric_limits<double>::min());
    Bin& bin = bins[static_cast<std::size_t>(std::clamp(place, 0.0, 0.999999) * static_cast<double>(bins.size()))];
    bin.scores += score;
    bin.right += is_right;
    ++all;
  });
  if (all == 0) return -1;
  double error = 0;
  for (const Bin& bin : bins) error += std::abs(bin.scores - static_cast<double>(bin.right)) / static_cast<double>(all);
  return error;
}

}  // namespace octet
