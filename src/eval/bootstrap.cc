#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "base/parallel.h"
#include "base/quantile.h"
#include "base/random.h"
#include "eval/resampled_precision.h"

namespace octet {
namespace {

// One draw's counts, in column `lane`.
void draw_images(std::uint64_t seed, std::size_t lane, DrawCounts& draws) {
  std::mt19937_64 random(seed);
  for (auto& counts : draws) counts[lane] = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) ++draws[draw_below(random, draws.size())][lane];
}

// The matches of one model by size and category.
using MatchesOfModel = std::array<std::vector<CountedMatches>, kSizeClassCount>;

MatchesOfModel count_all(const CocoMatches& matches) {
  MatchesOfModel counted;
  for (std::size_t size = 0; size < kSizeClassCount; ++size)
    for (const CategoryMatches& category : matches.categories)
      counted[size].push_back(count_matches(category, static_cast<SizeClass>(size), MatchSettings().most_detections()));
  return counted;
}

// Drops of every draw: of each size over all categories, and of each category over all sizes. NaN where a draw has no such object.
struct DrawnDrops {
  std::array<std::vector<double>, kSizeClassCount> sizes;
  std::vector<std::vector<double>> categories;

  DrawnDrops(std::size_t draws, std::size_t category_count) : categories(category_count, std::vector<double>(draws)) {
    sizes.fill(std::vector<double>(draws));
  }
};

class Resampler {
 public:
  Resampler(const MatchesOfModel& first, const MatchesOfModel& second, std::size_t images)
      : first_(first), second_(second), draws_(images) {}

  // Draws `begin` and those after it, up to kDrawsAtOnce.
  void run(std::size_t begin, std::uint64_t seed, DrawnDrops& drops) {
    const std::size_t count = std::min(kDrawsAtOnce, drops.sizes[0].size() - begin);
    for (std::size_t i = 0; i < kDrawsAtOnce; ++i) draw_images(seed * 1'000'003 + begin + i, i, draws_);
    for (std::size_t size = 0; size < kSizeClassCount; ++size) {
      std::array<double, kDrawsAtOnce> sum{}, defined{};
      for (std::size_t k = 0; k < first_[size].size(); ++k) {
        const DrawnPrecision a = precision_(first_[size][k], draws_), b = precision_(second_[size][k], draws_);
        for (std::size_t i = 0; i < count; ++i) {
          const double drop = a[i] - b[i];
          if (size == 0) drops.categories[k][begin + i] = drop;
          if (std::isnan(drop)) continue;
          sum[i] += drop;
          ++defined[i];
        }
      }
      for (std::size_t i = 0; i < count; ++i) drops.sizes[size][begin + i] = sum[i] / defined[i];
    }
  }

 private:
  const MatchesOfModel &first_, &second_;
  DrawCounts draws_;
  ResampledPrecision precision_;
};

DrawnDrops resample(const CocoMatches& first, const CocoMatches& second, const BootstrapOptions& options, int threads) {
  const MatchesOfModel of_first = count_all(first), of_second = count_all(second);
  const auto draws = static_cast<std::size_t>(options.resamples);
  DrawnDrops drops(draws, first.categories.size());
  std::vector<std::optional<Resampler>> resamplers(static_cast<std::size_t>(std::max(threads, 1)));
  parallel_for_each(threads, (draws + kDrawsAtOnce - 1) / kDrawsAtOnce, [&](int worker, std::size_t i) {
    auto& resampler = resamplers[static_cast<std::size_t>(worker)];
    if (!resampler) resampler.emplace(of_first, of_second, first.image_ids.size());
    resampler->run(i * kDrawsAtOnce, options.seed, drops);
  });
  return drops;
}

double standard_deviation(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) square += (value - mean) * (value - mean);
  return values.size() > 1 ? std::sqrt(square / static_cast<double>(values.size() - 1)) : 0;
}

double p_value_of(const ApDrop& drop, std::size_t unknown) {
  const auto& draws = drop.draws;  // rising
  const auto below = std::ranges::upper_bound(draws, 0.0) - draws.begin(), above = draws.end() - std::ranges::lower_bound(draws, 0.0);
  const auto fewer = static_cast<double>(std::min(below, above)) + static_cast<double>(unknown);
  const double counted = std::min(1.0, 2 * (fewer + 1) / (static_cast<double>(draws.size() + unknown) + 1));
  if (fewer > 0 || drop.standard_error == 0) return counted;
  return std::min(counted, std::erfc(std::abs(drop.drop) / drop.standard_error / std::sqrt(2.0)));
}

// A draw without any object says nothing of the interval; it is left out.
ApDrop summarize(double drop, std::vector<double> draws, double confidence) {
  const std::size_t all = draws.size(), unknown = std::erase_if(draws, [](double value) { return std::isnan(value); });
  if (draws.empty()) draws.push_back(drop);
  constexpr double kRounding = 1e-12;  // the same AP by other sums, on neither side of 0
  for (double& value : draws)
    if (std::abs(value) < kRounding) value = 0;
  std::ranges::sort(draws);
  const double tail = (1 - confidence) / 2;
  ApDrop summary{drop, quantile_of_sorted(draws, tail), quantile_of_sorted(draws, 1 - tail), standard_deviation(draws)};
  summary.draws = std::move(draws);
  summary.p_value = p_value_of(summary, unknown);
  summary.unknown_share = static_cast<double>(unknown) / static_cast<double>(all);
  return summary;
}

void adjust(ApDrops& drops) {
  std::vector<PartDrop*> parts;
  for (auto& size : drops.sizes)
    if (size) parts.push_back(&*size);
  for (PartDrop& category : drops.categories) parts.push_back(&category);
  std::vector<double> p_values;
  for (const PartDrop* part : parts) p_values.push_back(part->drop.p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i]->adjusted_p = adjusted[i];
}

ApDrops summarize_all(const CocoAccuracy& first, const CocoAccuracy& second, DrawnDrops drawn, double confidence) {
  constexpr std::array<const char*, 3> kSizeNames = {"small", "medium", "large"};
  const auto sizes_of = [](const CocoNumbers& numbers) { return std::array{numbers.AP_small, numbers.AP_medium, numbers.AP_large}; };
  const auto sizes_first = sizes_of(first.numbers), sizes_second = sizes_of(second.numbers);
  ApDrops drops;
  drops.all = summarize(first.numbers.AP - second.numbers.AP, std::move(drawn.sizes[0]), confidence);
  for (std::size_t i = 0; i < kSizeNames.size(); ++i)
    if (sizes_first[i] >= 0)
      drops.sizes[i] = PartDrop{kSizeNames[i], 0, summarize(sizes_first[i] - sizes_second[i], std::move(drawn.sizes[i + 1]), confidence)};
  for (std::size_t k = 0; k < first.categories.size(); ++k) {
    const CategoryAccuracy& category = first.categories[k];
    if (category.AP < 0) continue;
    drops.categories.push_back({category.name, category.category_id,
                                summarize(category.AP - second.categories[k].AP, std::move(drawn.categories[k]), confidence)});
  }
  adjust(drops);
  return drops;
}

}  // namespace

double ApDrop::upper_bound(double confidence) const {
  const double known = 1 - unknown_share;
  return confidence < known ? quantile_of_sorted(draws, confidence / known) : 1;
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    highest = std::max(highest, std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    adjusted[order[i]] = highest;
  }
  return adjusted;
}

Result<ApDrops> bootstrap_ap_drop(const CocoGroundTruth& truth, std::span<const CocoResult> first, std::span<const CocoResult> second,
                                  const BootstrapOptions& options, int threads) {
  if (options.resamples < 1 || !(options.confidence > 0 && options.confidence < 1))
    return Error{ErrorCode::kInvalidArgument, "a bootstrap takes at least 1 resample and a confidence between 0 and 1"};
  OCTET_ASSIGN(const CocoMatches of_first, match_coco(truth, first, threads));
  OCTET_ASSIGN(const CocoMatches of_second, match_coco(truth, second, threads));
  const CocoAccuracy accuracy_first = score_coco(of_first, truth, threads), accuracy_second = score_coco(of_second, truth, threads);
  if (accuracy_first.numbers.AP < 0) return Error{ErrorCode::kInvalidArgument, "no annotated object to measure accuracy with"};
  return summarize_all(accuracy_first, accuracy_second, resample(of_first, of_second, options, threads), options.confidence);
}

}  // namespace octet
