// Where the time of each model goes: its steps below the roofs of the machine, and the longest of them in a table.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "report/html.h"
#include "report/views.h"

namespace octet::report {
namespace {

constexpr std::size_t kLongestSteps = 8;  // of each model in the table
constexpr double kWidth = 720, kHeight = 380, kGreatestRadius = 26;

double total_us(const std::vector<ReportStep>& steps) {
  double total = 0;
  for (const ReportStep& step : steps) total += step.us;
  return total;
}

// Whether it has a place in the plot, whose axes are logarithms.
bool has_rate(const ReportStep& step) { return step.macs > 0 && step.bytes > 0 && step.us > 0; }

double intensity(const ReportStep& step) { return static_cast<double>(step.macs) / static_cast<double>(step.bytes); }
double gmac_per_s(const ReportStep& step) { return 1e-3 * static_cast<double>(step.macs) / step.us; }

double peak_of(const ReportRoofs& roofs, const ReportStep& step) {
  return step.integer ? roofs.integer_gmac_per_s : step.bf16 ? roofs.bf16_gmac_per_s : roofs.float_gmac_per_s;
}

bool has_bf16(const ReportProfile& profile) {
  return std::ranges::any_of(profile.first, &ReportStep::bf16) || std::ranges::any_of(profile.second, &ReportStep::bf16);
}

// One axis, from a power of ten to another.
struct LogAxis {
  double low = 0, high = 1;  // decimal logarithms
  double length = 1;

  double place(double value) const { return length * std::clamp((std::log10(value) - low) / (high - low), 0.0, 1.0); }
};

LogAxis axis_around(double least, double greatest, double length) {
  const double low = std::floor(std::log10(least)), high = std::ceil(std::log10(greatest));
  return {low, high > low ? high : low + 1, length};
}

class Plot {
 public:
  explicit Plot(const ReportProfile& profile) : roofs_(profile.roofs) {
    double least_x = HUGE_VAL, greatest_x = 0, least_y = HUGE_VAL;
    double greatest_y = std::max(roofs_.integer_gmac_per_s, roofs_.float_gmac_per_s);
    for (const auto* steps : {&profile.first, &profile.second})
      for (const ReportStep& step : *steps) {
        if (!has_rate(step)) continue;
        least_x = std::min(least_x, intensity(step));
        greatest_x = std::max(greatest_x, intensity(step));
        least_y = std::min(least_y, gmac_per_s(step));
        greatest_y = std::max(greatest_y, gmac_per_s(step));
      }
    is_empty_ = greatest_x == 0;
    if (is_empty_) return;
    x_ = axis_around(least_x, greatest_x, kWidth);
    y_ = axis_around(least_y, greatest_y, kHeight);
  }

  bool is_empty() const { return is_empty_; }

  Json points(const std::vector<ReportStep>& steps, const char* kind) const {
    Json points = Json::array();
    const double total = total_us(steps);
    for (const ReportStep& step : steps)
      if (has_rate(step))
        points.push_back({{"kind", kind},
                          {"x", fmt::format("{:.1f}", x_.place(intensity(step)))},
                          {"y", fmt::format("{:.1f}", kHeight - y_.place(gmac_per_s(step)))},
                          {"r", fmt::format("{:.1f}", std::max(2.0, kGreatestRadius * std::sqrt(step.us / total)))},
                          {"title", fmt::format("{} {}: {:.3g} GMAC/s, {:.3g} MAC a byte, {:.0f} µs", step.op, step.node, gmac_per_s(step),
                                                intensity(step), step.us)}});
    return points;
  }

  // Memory bounds the rate on the left, products on the right; null where a peak is not known.
  Json roof(double peak, const char* kind) const {
    const double memory = roofs_.memory_gb_per_s;
    if (!(peak > 0 && memory > 0)) return {};
    const double from = std::pow(10, std::max(x_.low, y_.low - std::log10(memory))), to = std::min(peak / memory, std::pow(10, x_.high));
    const auto at = [&](double x, double y) { return fmt::format("{:.1f} {:.1f}", x_.place(x), kHeight - y_.place(y)); };
    const std::string slope = from < to ? "M" + at(from, from * memory) + "L" + at(to, to * memory) : "M" + at(from, peak);
    return {{"kind", kind}, {"path", slope + "H" + fmt::format("{:.0f}", kWidth)}};
  }

  Json ticks() const { return {{"x", ticks_of(x_, false)}, {"y", ticks_of(y_, true)}}; }

 private:
  static Json ticks_of(const LogAxis& axis, bool upwards) {
    Json ticks = Json::array();
    const int powers = static_cast<int>(std::lround(axis.high - axis.low));
    for (int i = 0; i <= powers; ++i) {
      const double share = 100.0 * i / powers;
      ticks.push_back(
          {{"at", fmt::format("{:.2f}", upwards ? 100 - share : share)}, {"text", fmt::format("{:g}", std::pow(10, axis.low + i))}});
    }
    return ticks;
  }

  ReportRoofs roofs_;
  bool is_empty_ = true;
  LogAxis x_, y_;
};

std::string share_of_peak(const ReportStep& step, const ReportRoofs& roofs) {
  const double peak = peak_of(roofs, step);
  return peak > 0 ? fmt::format("{:.0f} %", 100 * gmac_per_s(step) / peak) : "–";
}

void add_longest(std::vector<ReportStep> steps, const ReportRoofs& roofs, const char* kind, const std::string& model, Json& rows) {
  const double total = total_us(steps);
  std::ranges::stable_sort(steps, std::ranges::greater(), &ReportStep::us);
  if (steps.size() > kLongestSteps) steps.resize(kLongestSteps);
  for (const ReportStep& step : steps)
    rows.push_back({{"kind", kind},
                    {"model", model},
                    {"node", step.node},
                    {"op", step.op},
                    {"kernel", step.kernel},
                    {"time", fmt::format("{:.0f} µs", step.us)},
                    {"share", total > 0 ? fmt::format("{:.1f} %", 100 * step.us / total) : "–"},
                    {"rate", has_rate(step) ? fmt::format("{:.1f}", gmac_per_s(step)) : "–"},
                    {"of_peak", has_rate(step) ? share_of_peak(step, roofs) : "–"}});
}

}  // namespace

Json steps_view(const ReportInput& input) {
  if (!input.profile) return {};
  const ReportProfile& profile = *input.profile;
  Json rows = Json::array();
  add_longest(profile.first, profile.roofs, "first", input.first.label, rows);
  add_longest(profile.second, profile.roofs, "second", input.second.label, rows);
  if (rows.empty()) return {};
  Json view = {{"rows", rows}};
  const Plot plot(profile);
  if (plot.is_empty()) return view;
  Json points = plot.points(profile.first, "first"), roofs = Json::array();
  for (Json& point : plot.points(profile.second, "second")) points.push_back(std::move(point));
  const auto& [floats, integers, memory, bf16] = profile.roofs;
  const bool is_rounded = has_bf16(profile);
  for (Json roof : {plot.roof(floats, "first"), plot.roof(is_rounded ? bf16 : 0, "first"), plot.roof(integers, "second")})
    if (!roof.is_null()) roofs.push_back(std::move(roof));
  view["plot"] = {{"width", kWidth},
                  {"height", kHeight},
                  {"points", points},
                  {"roofs", roofs},
                  {"ticks", plot.ticks()},
                  {"floats", fmt::format("{:.0f}", floats) + (is_rounded ? fmt::format(" in floats, {:.0f} in bf16", bf16) : " in floats")},
                  {"integers", fmt::format("{:.0f}", integers)},
                  {"memory", fmt::format("{:.1f}", memory)}};
  return view;
}

}  // namespace octet::report
