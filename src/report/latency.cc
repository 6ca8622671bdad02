#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "report/html.h"
#include "report/sections.h"

namespace octet::report {
namespace {

constexpr int kBins = 90;

// The shared horizontal axis of both histograms.
struct Axis {
  double low = 0, high = 1;
  double position(double ms) const { return std::clamp(100 * (ms - low) / (high - low), 0.0, 100.0); }
};

// From below the fastest sample to above the slower 99th percentile; the few beyond stand in the last bin.
Axis axis_of(const ReportLatency& a, const ReportLatency& b) {
  const double low = 0.95 * std::min(a.min_ms, b.min_ms), high = 1.05 * std::max(a.p99_ms, b.p99_ms);
  return high > low ? Axis{low, high} : Axis{low, low + 1};
}

std::vector<int> bin(const std::vector<double>& samples, const Axis& axis) {
  std::vector<int> counts(kBins);
  for (const double ms : samples) {
    const auto at = static_cast<int>(axis.position(ms) / 100 * kBins);
    ++counts[static_cast<std::size_t>(std::min(at, kBins - 1))];
  }
  return counts;
}

// Stretched to the width of the page, so it holds shapes only; text stands outside.
std::string histogram_shapes(const std::vector<int>& counts, const char* kind) {
  const int highest = std::max(1, *std::max_element(counts.begin(), counts.end()));
  std::string path;
  for (int i = 0; i < kBins; ++i)
    if (counts[static_cast<std::size_t>(i)] > 0)
      path += fmt::format("M{} 100V{:.1f}h.92V100z", i, 100 - 97.0 * counts[static_cast<std::size_t>(i)] / highest);
  return fmt::format(R"(<svg viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true"><path class="{}" d="{}"/></svg>)", kBins,
                     kind, path);
}

std::string marker(const Axis& axis, double ms, const char* name, const char* kind) {
  return fmt::format(R"(<span class="marker {}" style="left:{:.2f}%"><i>{}</i></span>)", kind, axis.position(ms), name);
}

std::string histogram(const ReportModel& model, const char* kind, const Axis& axis) {
  const ReportLatency& latency = *model.latency;
  if (latency.samples_ms.empty()) return "";
  const std::string label = fmt::format("{}: {}, median {}, 90 % below {}, 99 % below {}", model.label,
                                        count_of(static_cast<std::int64_t>(latency.samples_ms.size()), "inference", "inferences"),
                                        milliseconds(latency.median_ms), milliseconds(latency.p90_ms), milliseconds(latency.p99_ms));
  return fmt::format(
      R"(<div class="histogram"><h3><span class="key {}"></span>{}</h3><div class="plot-area" role="img" aria-label="{}">{}{}{}{}</div></div>
)",
      kind, escape(model.label), escape(label), histogram_shapes(bin(latency.samples_ms, axis), kind),
      marker(axis, latency.median_ms, "median", ""), marker(axis, latency.p90_ms, "", "p90"), marker(axis, latency.p99_ms, "", "p99"));
}

std::string ticks(const Axis& axis) {
  std::string html = "<div class=\"ticks\" aria-hidden=\"true\">";
  for (int i = 0; i <= 4; ++i)
    html += fmt::format("<span style=\"left:{}%\">{}</span>", 25 * i, milliseconds(axis.low + (axis.high - axis.low) * i / 4));
  return html + "</div>\n";
}

std::string table_row(const ReportModel& model) {
  const ReportLatency& latency = *model.latency;
  return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape(model.label),
                     milliseconds(latency.median_ms), milliseconds(latency.p90_ms), milliseconds(latency.p99_ms),
                     milliseconds(latency.min_ms), latency.throughput > 0 ? fmt::format("{:.1f} / s", latency.throughput) : "–");
}

}  // namespace

std::string latency_section(const ReportInput& input) {
  if (!input.first.latency || !input.second.latency) return "";
  const Axis axis = axis_of(*input.first.latency, *input.second.latency);
  std::string plots = histogram(input.first, "first", axis) + histogram(input.second, "second", axis);
  if (!plots.empty())
    plots = "<div class=\"card\">\n" + plots + ticks(axis) +
            "<p class=\"remark\">Lines: median, and dashed the times that 90 % and 99 % of the inferences stay below. "
            "The few beyond the right end stand in the last bar.</p></div>\n";
  return fmt::format(R"(<section id="latency"><h2>Latency</h2>
<p class="lead">Time of one picture through the network, both models in turns in one run.</p>
{}<div class="card scroll"><table class="numbers"><caption class="vh">Latency</caption>
<thead><tr><th scope="col">Model</th><th scope="col">Median</th><th scope="col">90 %</th><th scope="col">99 %</th><th scope="col">Fastest</th><th scope="col">Throughput</th></tr></thead>
<tbody>
{}{}</tbody></table></div></section>
)",
                     plots, table_row(input.first), table_row(input.second));
}

}  // namespace octet::report
