#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

#include "base/parallel.h"
#include "base/quantile.h"
#include "base/random.h"
#include "eval/average_precision.h"

namespace octet {
namespace {

// Drops the misses that score below the last hit: they lower the precision where no recall is read.
void trim(CocoMatches& matches) {
  for (CategoryMatches& category : matches.categories) {
    auto& list = category.detections;
    while (!list.empty() && list.back().matched[0] == 0) list.pop_back();
  }
}

// AP over all sizes, or nothing if no object counts.
std::optional<double> average_precision(const CocoMatches& matches, std::span<const std::uint32_t> weights) {
  double sum = 0;
  int count = 0;
  for (const CategoryMatches& category : matches.categories) {
    const CategoryScore score = score_category(category, SizeClass::kAll, MatchSettings().most_detections(), weights);
    if (!score.is_defined) continue;
    for (const double value : score.average_precision) sum += value;
    count += kIouThresholdCount;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

std::vector<std::uint32_t> draw_weights(std::size_t images, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> weights(images);
  for (std::size_t i = 0; i < images; ++i) ++weights[draw_below(random, images)];
  return weights;
}

double standard_deviation(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) square += (value - mean) * (value - mean);
  return values.size() > 1 ? std::sqrt(square / static_cast<double>(values.size() - 1)) : 0;
}

ApDrop summarize(double drop, std::vector<double> drops, double confidence) {
  std::sort(drops.begin(), drops.end());
  const double tail = (1 - confidence) / 2;
  return {drop, quantile_of_sorted(drops, tail), quantile_of_sorted(drops, 1 - tail), standard_deviation(drops)};
}

}  // namespace

Result<ApDrop> bootstrap_ap_drop(const CocoGroundTruth& truth, std::span<const CocoResult> first, std::span<const CocoResult> second,
                                 const BootstrapOptions& options, int threads) {
  if (options.resamples < 1 || !(options.confidence > 0 && options.confidence < 1))
    return Error{ErrorCode::kInvalidArgument, "a bootstrap takes at least 1 resample and a confidence between 0 and 1"};
  OCTET_ASSIGN(CocoMatches of_first, match_coco(truth, first, threads));
  OCTET_ASSIGN(CocoMatches of_second, match_coco(truth, second, threads));
  trim(of_first);
  trim(of_second);
  const auto ap_first = average_precision(of_first, {}), ap_second = average_precision(of_second, {});
  if (!ap_first || !ap_second) return Error{ErrorCode::kInvalidArgument, "no annotated object to measure accuracy with"};

  std::vector<double> drops(static_cast<std::size_t>(options.resamples));
  parallel_for_each(threads, drops.size(), [&](int, std::size_t i) {
    const auto weights = draw_weights(of_first.image_ids.size(), options.seed * 1'000'003 + i);
    const auto a = average_precision(of_first, weights), b = average_precision(of_second, weights);
    // A draw without any object says nothing; it stands for no change.
    drops[i] = a && b ? *a - *b : 0;
  });
  return summarize(*ap_first - *ap_second, std::move(drops), options.confidence);
}

}  // namespace octet
