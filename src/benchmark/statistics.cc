#include "benchmark/statistics.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "base/quantile.h"

namespace octet {
namespace {

std::vector<double> sorted_copy(std::span<const double> samples) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

double percentile(std::span<const double> samples, double fraction) {
  OCTET_CHECK(!samples.empty(), "a percentile of no samples");
  return quantile_of_sorted(sorted_copy(samples), fraction);
}

std::optional<LatencySummary> summarize_latencies(std::span<const double> samples_ms) {
  if (samples_ms.empty()) return std::nullopt;
  const std::vector<double> sorted = sorted_copy(samples_ms);
  return LatencySummary{.median_ms = quantile_of_sorted(sorted, 0.5),
                        .p90_ms = quantile_of_sorted(sorted, 0.9),
                        .p99_ms = quantile_of_sorted(sorted, 0.99),
                        .min_ms = sorted.front(),
                        .max_ms = sorted.back(),
                        .mean_ms = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size())};
}

double throughput(std::int64_t inferences, double seconds) { return seconds > 0 ? static_cast<double>(inferences) / seconds : 0; }

}  // namespace octet
