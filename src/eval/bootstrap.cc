#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "base/quantile.h"
#include "base/random.h"

namespace octet {
namespace {

// Draws of images. Each is counted in memory of its own, which a cache holds, and then put in its column with a few others.
class Drawer {
  static constexpr std::size_t kCountedAtOnce = 8;

 public:
  static constexpr std::size_t kBytesOfImage = sizeof(ImageCounts) + kCountedAtOnce;

  explicit Drawer(std::size_t images) : counts_(images) { few_.fill(std::vector<std::uint8_t>(images)); }

  //   seed   of the first draw; the next has the next one
  const DrawCounts& draw(std::uint64_t seed) {
    for (std::size_t begin = 0; begin < kDrawsAtOnce; begin += few_.size()) {
      for (std::size_t i = 0; i < few_.size(); ++i) count(seed + begin + i, few_[i]);
      for (std::size_t image = 0; image < counts_.size(); ++image)
        for (std::size_t i = 0; i < few_.size(); ++i) counts_[image][begin + i] = few_[i][image];
    }
    return counts_;
  }

 private:
  static void count(std::uint64_t seed, std::vector<std::uint8_t>& counts) {
    std::mt19937_64 random(seed);
    const UniformBelow image(counts.size());
    std::ranges::fill(counts, std::uint8_t{0});
    for (std::size_t i = 0; i < counts.size(); ++i) ++counts[image(random)];
  }

  DrawCounts counts_;
  std::array<std::vector<std::uint8_t>, kCountedAtOnce> few_;
};

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
  Resampler(const ResampledModel& first, const ResampledModel& second)
      : model_(first), first_(first.make_drawn_ap()), second_(second.make_drawn_ap()), drawer_(first.images) {}

  // Draws `begin` and those after it, up to kDrawsAtOnce.
  void run(std::size_t begin, std::uint64_t seed, DrawnDrops& drops) {
    const std::size_t count = std::min(kDrawsAtOnce, drops.sizes[0].size() - begin);
    const DrawCounts& draws = drawer_.draw(seed * 1'000'003 + begin);
    for (std::size_t size = 0; size < kSizeClassCount; ++size)
      if (size == 0 || model_.ap_of_sizes[size - 1] >= 0) run_size(size, draws, begin, count, drops);
  }

 private:
  void run_size(std::size_t size, const DrawCounts& draws, std::size_t begin, std::size_t count, DrawnDrops& drops) {
    std::array<double, kDrawsAtOnce> sum{}, defined{};
    for (std::size_t k = 0; k < model_.categories.size(); ++k) {
      const DrawnPrecision a = first_(static_cast<SizeClass>(size), k, draws), b = second_(static_cast<SizeClass>(size), k, draws);
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

  const ResampledModel& model_;
  DrawnAp first_, second_;
  Drawer drawer_;
};

// So many that what they draw stays within half a gigabyte, as that grows with the images of each; one at least.
int workers_within_memory(int threads, std::size_t images) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 29;
  return static_cast<int>(std::clamp<std::size_t>(kMostBytes / (Drawer::kBytesOfImage * std::max<std::size_t>(images, 1)), 1,
                                                  static_cast<std::size_t>(std::max(threads, 1))));
}

DrawnDrops resample(const ResampledModel& first, const ResampledModel& second, const BootstrapOptions& options, int threads) {
  const auto draws = static_cast<std::size_t>(options.resamples);
  DrawnDrops drops(draws, first.categories.size());
  const int workers = workers_within_memory(threads, first.images);
  std::vector<std::optional<Resampler>> resamplers(static_cast<std::size_t>(workers));
  parallel_for_each(workers, (draws + kDrawsAtOnce - 1) / kDrawsAtOnce, [&](int worker, std::size_t i) {
    auto& resampler = resamplers[static_cast<std::size_t>(worker)];
    if (!resampler) resampler.emplace(first, second);
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

ApDrops summarize_all(const ResampledModel& first, const ResampledModel& second, DrawnDrops drawn, double confidence) {
  constexpr std::array<const char*, 3> kSizeNames = {"small", "medium", "large"};
  ApDrops drops;
  drops.all = summarize(first.ap - second.ap, std::move(drawn.sizes[0]), confidence);
  for (std::size_t i = 0; i < kSizeNames.size(); ++i)
    if (first.ap_of_sizes[i] >= 0)
      drops.sizes[i] =
          PartDrop{kSizeNames[i], 0, summarize(first.ap_of_sizes[i] - second.ap_of_sizes[i], std::move(drawn.sizes[i + 1]), confidence)};
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

void ResampledMatches::add(std::span<const CategoryMatches> matches) {
  for (std::size_t size = 0; size < kSizeClassCount; ++size)
    for (const CategoryMatches& category : matches) counted_[size].add(category, static_cast<SizeClass>(size), settings_.most_detections());
}

ResampledModel ResampledMatches::model(CocoAccuracy accuracy, std::size_t images) && {
  for (CountedCategories& of_size : counted_) of_size.finish();
  const auto shared = std::make_shared<const decltype(counted_)>(std::move(counted_));
  const CocoNumbers& numbers = accuracy.numbers;
  return {
      numbers.AP, {numbers.AP_small, numbers.AP_medium, numbers.AP_large}, std::move(accuracy.categories), images, [shared]() -> DrawnAp {
        return [shared, precision = ResampledPrecision()](SizeClass size, std::size_t category, const DrawCounts& draws) mutable {
          const CountedCategories& counted = (*shared)[static_cast<std::size_t>(size)];
          const CountedMatches matches = counted[category];
          const DrawnPrecision drawn = precision(matches, draws);
          counted.release(matches);
          return drawn;
        };
      }};
}

Result<ApDrops> bootstrap_ap_drop(const ResampledModel& first, const ResampledModel& second, const BootstrapOptions& options, int threads) {
  if (options.resamples < 1 || !(options.confidence > 0 && options.confidence < 1))
    return Error{ErrorCode::kInvalidArgument, "a bootstrap takes at least 1 resample and a confidence between 0 and 1"};
  if (first.ap < 0) return Error{ErrorCode::kInvalidArgument, "no annotated object to measure accuracy with"};
  OCTET_CHECK(first.images == second.images && first.categories.size() == second.categories.size(), "two models on the same data set");
  return summarize_all(first, second, resample(first, second, options, threads), options.confidence);
}

Result<ApDrops> bootstrap_ap_drop(const CocoGroundTruth& truth, std::span<const CocoResult> first, std::span<const CocoResult> second,
                                  const BootstrapOptions& options, int threads) {
  std::array<ResampledModel, 2> models;
  for (std::size_t i = 0; i < models.size(); ++i) {
    OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, i == 0 ? first : second, threads));
    ResampledMatches resampled;
    resampled.add(matches.categories);
    models[i] = std::move(resampled).model(score_coco(matches, truth, threads), matches.image_ids.size());
  }
  return bootstrap_ap_drop(models[0], models[1], options, threads);
}

}  // namespace octet
