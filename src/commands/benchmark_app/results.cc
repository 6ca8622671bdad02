#include "commands/benchmark_app/results.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "commands/benchmark_app/log.h"

namespace octet::commands::benchmark_app {
namespace {

// Latencies of several devices at once would not compare.
bool shows_latency(const Options& options) { return options.device.find("MULTI") == std::string::npos; }

bool is_median(const Options& options) { return options.percentile.value_or(50) == 50; }

}  // namespace

std::string two_decimals(double value) { return fmt::format("{:.2f}", value); }

Figures figures_of(const Measurement& measured, std::int64_t percentile, std::int64_t batch) {
  std::vector<double> sorted = measured.latencies_ms;
  std::ranges::sort(sorted);
  const auto count = static_cast<double>(sorted.size());
  const auto position = static_cast<std::size_t>(std::ceil(count * static_cast<double>(percentile) / 100));
  return {.count = static_cast<std::int64_t>(sorted.size()),
          .duration_ms = 1e3 * measured.seconds,
          .percentile_ms = sorted[std::clamp<std::size_t>(position, 1, sorted.size()) - 1],
          .average_ms = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count,
          .min_ms = sorted.front(),
          .max_ms = sorted.back(),
          .throughput = measured.seconds > 0 ? static_cast<double>(batch) * count / measured.seconds : 0};
}

void print_plain_figures(const Figures& figures) {
  print_line(fmt::format("Count:      {} iterations", figures.count));
  print_line(fmt::format("Duration:   {:.2f} ms", figures.duration_ms));
  print_line(fmt::format("Latency:    {:.2f} ms", figures.percentile_ms));
  print_line(fmt::format("Throughput: {:.2f} FPS", figures.throughput));
}

void print_figures(const Figures& figures, const Options& options) {
  info("Execution Devices:['CPU']");
  info(fmt::format("Count:            {} iterations", figures.count));
  info(fmt::format("Duration:         {:.2f} ms", figures.duration_ms));
  if (shows_latency(options)) {
    info("Latency:");
    if (is_median(options))
      info(fmt::format("   Median:        {:.2f} ms", figures.percentile_ms));
    else
      info(fmt::format("   {} percentile:     {:.2f} ms", *options.percentile, figures.percentile_ms));
    info(fmt::format("   Average:       {:.2f} ms", figures.average_ms));
    info(fmt::format("   Min:           {:.2f} ms", figures.min_ms));
    info(fmt::format("   Max:           {:.2f} ms", figures.max_ms));
  }
  info(fmt::format("Throughput:   {:.2f} FPS", figures.throughput));
}

std::vector<std::pair<std::string, std::string>> result_pairs(const Figures& figures, const Options& options) {
  std::vector<std::pair<std::string, std::string>> pairs{{"total execution time (ms)", two_decimals(figures.duration_ms)},
                                                         {"total number of iterations", std::to_string(figures.count)}};
  if (shows_latency(options)) {
    pairs.emplace_back(is_median(options) ? "latency (ms)" : fmt::format("latency ({} percentile) (ms)", *options.percentile),
                       two_decimals(figures.percentile_ms));
    pairs.emplace_back("avg latency", two_decimals(figures.average_ms));
    pairs.emplace_back("min latency", two_decimals(figures.min_ms));
    pairs.emplace_back("max latency", two_decimals(figures.max_ms));
  }
  pairs.emplace_back("throughput", two_decimals(figures.throughput));
  return pairs;
}

}  // namespace octet::commands::benchmark_app
