// Latency of both models: histograms on one axis, and a table.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "report/html.h"
#include "report/views.h"

namespace octet::report {
namespace {

constexpr int kBins = 90, kTicks = 4;

// The shared horizontal axis of both histograms.
struct Axis {
  double low = 0, high = 1;
  double position(double ms) const { return std::clamp(100 * (ms - low) / (high - low), 0.0, 100.0); }  // in percent
};

// From below the fastest sample to above the slower 99th percentile; the few beyond stand in the last bin.
Axis axis_of(const ReportLatency& a, const ReportLatency& b) {
  const double low = 0.95 * std::min(a.min_ms, b.min_ms), high = 1.05 * std::max(a.p99_ms, b.p99_ms);
  return high > low ? Axis{low, high} : Axis{low, low + 1};
}

// The bars as a path. It is stretched to the width of the page, so it holds shapes only; text stands outside.
std::string histogram_path(const std::vector<double>& samples_ms, const Axis& axis) {
  std::vector<int> counts(kBins);
  for (const double ms : samples_ms) {
    const auto at = static_cast<int>(axis.position(ms) / 100 * kBins);
    ++counts[static_cast<std::size_t>(std::min(at, kBins - 1))];
  }
  const int highest = *std::ranges::max_element(counts);
  std::string path;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) path += fmt::format("M{} 100V{:.1f}h.92V100z", i, 100 - 97.0 * counts[i] / highest);
  return path;
}

Json histogram(const ReportModel& model, const char* kind, const Axis& axis) {
  const ReportLatency& latency = *model.latency;
  const auto place = [&](double ms) { return fmt::format("{:.2f}", axis.position(ms)); };
  return {{"kind", kind},
          {"label", model.label},
          {"description", fmt::format("{}: {}, median {}, 90 % below {}, 99 % below {}", model.label,
                                      count_of(static_cast<std::int64_t>(latency.samples_ms.size()), "inference", "inferences"),
                                      milliseconds(latency.median_ms), milliseconds(latency.p90_ms), milliseconds(latency.p99_ms))},
          {"bins", kBins},
          {"path", histogram_path(latency.samples_ms, axis)},
          {"median_at", place(latency.median_ms)},
          {"p90_at", place(latency.p90_ms)},
          {"p99_at", place(latency.p99_ms)}};
}

Json plots(const ReportInput& input) {
  const Axis axis = axis_of(*input.first.latency, *input.second.latency);
  Json histograms = Json::array(), ticks = Json::array();
  if (!input.first.latency->samples_ms.empty()) histograms.push_back(histogram(input.first, "first", axis));
  if (!input.second.latency->samples_ms.empty()) histograms.push_back(histogram(input.second, "second", axis));
  for (int i = 0; i <= kTicks; ++i)
    ticks.push_back({{"at", 100 * i / kTicks}, {"time", milliseconds(axis.low + (axis.high - axis.low) * i / kTicks)}});
  return histograms.empty() ? Json() : Json{{"histograms", histograms}, {"ticks", ticks}};
}

Json table_row(const ReportModel& model) {
  const ReportLatency& latency = *model.latency;
  return {{"label", model.label},
          {"median", milliseconds(latency.median_ms)},
          {"p90", milliseconds(latency.p90_ms)},
          {"p99", milliseconds(latency.p99_ms)},
          {"min", milliseconds(latency.min_ms)},
          {"throughput", latency.throughput > 0 ? fmt::format("{:.1f} / s", latency.throughput) : "–"}};
}

}  // namespace

Json latency_view(const ReportInput& input) {
  if (!input.first.latency || !input.second.latency) return {};
  return {{"plots", plots(input)}, {"models", {table_row(input.first), table_row(input.second)}}};
}

}  // namespace octet::report
