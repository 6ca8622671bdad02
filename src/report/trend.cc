#include "report/trend.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/html.h"
#include "report/template.h"

namespace octet {
namespace report {
namespace {

constexpr double kWidth = 100, kHeight = 100, kMargin = 4;

std::string shown(const TrendLine& line, double value) { return fmt::format("{:.{}f}", value, line.digits); }

// From left to right at equal distances; what never changes lies in the middle.
std::string path_of(const std::vector<TrendPoint>& points) {
  const auto [least, greatest] = std::ranges::minmax_element(points, {}, &TrendPoint::value);
  const double range = greatest->value - least->value, between = std::max<double>(1, static_cast<double>(points.size()) - 1);
  std::string path;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = points.size() == 1 ? kWidth / 2 : kWidth * static_cast<double>(i) / between;
    const double share = range > 0 ? (points[i].value - least->value) / range : 0.5;
    path += fmt::format("{}{:.2f} {:.2f}", i == 0 ? 'M' : 'L', x, kHeight - kMargin - share * (kHeight - 2 * kMargin));
  }
  return points.size() == 1 ? path + "h.01" : path;
}

// The first run after the best one, which later ones did not reach again.
const TrendPoint* first_fall(const TrendLine& line) {
  const auto is_better = [&line](double a, double b) { return line.rises ? a > b : a < b; };
  std::size_t best = 0;
  for (std::size_t i = 1; i < line.points.size(); ++i)
    if (!is_better(line.points[best].value, line.points[i].value)) best = i;
  return best + 1 < line.points.size() ? &line.points[best + 1] : nullptr;
}

Json facts_of(const TrendLine& line) {
  const auto fact = [](const char* key, std::string value) { return Json{{"key", key}, {"value", std::move(value)}}; };
  const auto [least, greatest] = std::ranges::minmax_element(line.points, {}, &TrendPoint::value);
  Json facts = Json::array({fact("Last", fmt::format("{} in run {}", shown(line, line.points.back().value), line.points.back().run)),
                            fact("Range", shown(line, least->value) + " to " + shown(line, greatest->value)),
                            fact("Runs", std::to_string(line.points.size()))});
  if (const TrendPoint* fall = first_fall(line))
    facts.push_back(fact("Worse than its best", fmt::format("since run {} of {}: {}", fall->run, fall->at, shown(line, fall->value))));
  return facts;
}

Json line_view(const TrendLine& line) {
  const TrendPoint &first = line.points.front(), &last = line.points.back();
  return {{"name", line.figure},
          {"path", path_of(line.points)},
          {"description", fmt::format("{} from {} in run {} to {} in run {}", line.figure, shown(line, first.value), first.run,
                                      shown(line, last.value), last.run)},
          {"first", first.at},
          {"last", last.at},
          {"facts", facts_of(line)}};
}

}  // namespace
}  // namespace report

std::string render_trend(const std::string& title, const std::vector<TrendLine>& lines) {
  using namespace report;
  Json subjects = Json::array();
  const TrendLine* before = nullptr;
  for (const TrendLine& line : lines) {
    if (!before || before->models != line.models || before->machine != line.machine)
      subjects.push_back({{"models", line.models}, {"machine", line.machine}, {"lines", Json::array()}});
    subjects.back()["lines"].push_back(line_view(line));
    before = &line;
  }
  return fill_page("trend",
                   {{"title", title},
                    {"sentence", count_of(static_cast<std::int64_t>(subjects.size()), "model on its machine", "models on their machines")},
                    {"subjects", subjects}});
}

}  // namespace octet
