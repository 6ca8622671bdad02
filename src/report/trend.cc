#include "report/trend.h"

#include <algorithm>
#include <functional>
#include <utility>

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

Json facts_of(const TrendLine& line) {
  const auto fact = [](const char* key, std::string value) { return Json{{"key", key}, {"value", std::move(value)}}; };
  const auto [least, greatest] = std::ranges::minmax_element(line.points, {}, &TrendPoint::value);
  Json facts = Json::array({fact("Last", fmt::format("{} in run {}", shown(line, line.points.back().value), line.points.back().run)),
                            fact("Range", shown(line, least->value) + " to " + shown(line, greatest->value)),
                            fact("Runs", std::to_string(line.points.size()))});
  if (const auto fall = first_fall(line, 0))
    facts.push_back(fact("Worse than its best",
                         fmt::format("since run {} of {}: {}", fall->first.run, fall->first.at, shown(line, fall->first.value))));
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

bool is_of_subject(const TrendLine& line, const TrendLine& other) {
  return line.models == other.models && line.machine == other.machine && line.way == other.way;
}

// The classes of a subject that fell, those that lost the most first.
Json falls_view(const TrendLine& subject, const std::vector<TrendLine>& classes) {
  std::vector<std::pair<const TrendLine*, TrendFall>> falls;
  for (const TrendLine& line : classes)
    if (is_of_subject(line, subject))
      if (const auto fall = first_fall(line, kFallOfClass)) falls.emplace_back(&line, *fall);
  std::ranges::stable_sort(falls, std::greater(), [](const auto& each) { return each.second.best - each.second.last.value; });
  Json view = Json::array();
  for (const auto& [line, fall] : falls)
    view.push_back({{"name", line->figure},
                    {"best", shown(*line, fall.best)},
                    {"run", fmt::format("{} of {}", fall.first.run, fall.first.at)},
                    {"first", shown(*line, fall.first.value)},
                    {"last", shown(*line, fall.last.value)}});
  return view;
}

}  // namespace
}  // namespace report

std::optional<TrendFall> first_fall(const TrendLine& line, double least) {
  const auto loss = [&line](double best, double value) { return line.rises ? best - value : value - best; };
  const auto is_lost = [&](double best, double value) { return loss(best, value) > 0 && loss(best, value) >= least; };
  std::size_t best = 0;  // the last of equals
  for (std::size_t i = 1; i < line.points.size(); ++i)
    if (loss(line.points[best].value, line.points[i].value) <= 0) best = i;
  const double value = line.points[best].value;
  if (!is_lost(value, line.points.back().value)) return std::nullopt;
  std::size_t first = line.points.size() - 1;
  while (is_lost(value, line.points[first - 1].value)) --first;  // the best is not
  return TrendFall{value, line.points[first], line.points.back()};
}

std::string render_trend(const std::string& title, const std::vector<TrendLine>& lines, const std::vector<TrendLine>& classes) {
  using namespace report;
  Json subjects = Json::array();
  const TrendLine* before = nullptr;
  for (const TrendLine& line : lines) {
    if (!before || !is_of_subject(line, *before)) {
      Json falls = falls_view(line, classes);
      const bool has_falls = !falls.empty();
      subjects.push_back({{"models", line.models},
                          {"machine", line.machine},
                          {"way", line.way},
                          {"lines", Json::array()},
                          {"has_falls", has_falls},
                          {"falls", std::move(falls)}});
    }
    subjects.back()["lines"].push_back(line_view(line));
    before = &line;
  }
  return fill_page("trend", {{"title", title},
                             {"sentence", count_of(static_cast<std::int64_t>(subjects.size()), "series of runs", "series of runs")},
                             {"subjects", subjects}});
}

}  // namespace octet
