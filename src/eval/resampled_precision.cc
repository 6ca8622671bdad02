#include "eval/resampled_precision.h"

#include <algorithm>
#include <limits>

namespace octet {
namespace {

using Counts = std::array<std::int32_t, kDrawsAtOnce>;

void add(Counts& to, const std::array<std::uint16_t, kDrawsAtOnce>& counts) {
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i) to[i] += counts[i];
}

}  // namespace

CountedMatches count_matches(const CategoryMatches& matches, SizeClass size, int max_detections) {
  const auto class_index = static_cast<std::size_t>(size);
  CountedMatches counted{{}, matches.objects[class_index]};
  std::size_t last = 0;
  for (const MatchedDetection& detection : matches.detections) {
    const ThresholdBits matched = detection.matched[class_index], ignored = detection.ignored[class_index];
    if (detection.rank >= max_detections || ignored == kEveryThreshold) continue;
    counted.entries.push_back({detection.image, matched, ignored});
    if (matched & ~ignored) last = counted.entries.size();
  }
  counted.entries.resize(last);
  return counted;
}

// score_category() has the same in its plain form: precision made falling from the right and read at 101 values of recall.
ResampledPrecision::Values ResampledPrecision::mean_precision(const Curve& curve, const Values& objects) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  Values sum{}, highest{}, reached{};  // `reached`: how many values of recall the point behind has come to
  for (auto point = curve.points.rbegin(); point != curve.points.rend(); ++point) {
    // Without branches, for vectors.
    for (std::size_t i = 0; i < kDrawsAtOnce; ++i) {
      const double hits = point->hits[i], recall = hits / objects[i], precision = hits / (point->counted[i] + kEpsilon);
      const double nearest = static_cast<std::int32_t>(recall * 100 + 0.5);  // NOLINT(bugprone-incorrect-roundings): not negative
      const double beyond = nearest * 0.01 > recall ? 1.0 : 0.0, none = hits > 0 ? 0.0 : 1.0;
      const double now = nearest - beyond + 1 - none;
      sum[i] += highest[i] * (reached[i] - now);
      highest[i] = highest[i] < precision ? precision : highest[i];
      reached[i] = now;
    }
  }
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i) sum[i] = (sum[i] + highest[i] * reached[i]) / 101;
  return sum;
}

ResampledPrecision::Values ResampledPrecision::operator()(const CountedMatches& matches, const DrawCounts& draws) {
  for (Curve& curve : curves_) {
    curve.hits = curve.misses = {};
    curve.points.clear();
  }
  Counts misses_of_all{};  // of detections that met nothing at any threshold
  for (const CountedMatches::Entry& entry : matches.entries) {
    const auto& counts = draws[entry.image];
    if ((entry.matched | entry.ignored) == 0) {
      add(misses_of_all, counts);
      continue;
    }
    for (int t = 0; t < kIouThresholdCount; ++t) {
      if (entry.ignored >> t & 1) continue;
      Curve& curve = curves_[static_cast<std::size_t>(t)];
      const bool is_hit = entry.matched >> t & 1;
      add(is_hit ? curve.hits : curve.misses, counts);
      if (!is_hit) continue;
      Point& point = curve.points.emplace_back();
      for (std::size_t i = 0; i < kDrawsAtOnce; ++i) {
        point.hits[i] = curve.hits[i];
        point.counted[i] = curve.hits[i] + curve.misses[i] + misses_of_all[i];
      }
    }
  }

  Counts drawn{};
  for (const std::uint32_t image : matches.objects) add(drawn, draws[image]);
  Values objects, mean{};
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i) objects[i] = std::max(drawn[i], 1);
  for (const Curve& curve : curves_) {
    const Values of_curve = mean_precision(curve, objects);
    for (std::size_t i = 0; i < kDrawsAtOnce; ++i) mean[i] += of_curve[i] / kIouThresholdCount;
  }
  for (std::size_t i = 0; i < kDrawsAtOnce; ++i)
    if (drawn[i] == 0) mean[i] = std::numeric_limits<double>::quiet_NaN();
  return mean;
}

}  // namespace octet
