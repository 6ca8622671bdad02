#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// One page that shows how figures of models went over time, made of plain results.
namespace octet {

struct TrendPoint {
  std::int64_t run = 0;  // its number
  std::string at;        // when
  double value = 0;
};

// One figure of the same models on the same machine, measured in the same way, oldest run first.
struct TrendLine {
  std::string models, machine;
  std::string way;     // "check, --data coco"
  std::string figure;  // "AP, INT8"
  int digits = 2;      // behind the point
  bool rises = true;   // more is better
  std::vector<TrendPoint> points;
};

// Where a line became worse than its best by so much, and has stayed so.
struct TrendFall {
  double best = 0;           // before
  TrendPoint first, last{};  // the first run since which it is worse, and the newest one
};
std::optional<TrendFall> first_fall(const TrendLine& line, double least);

// Of a class, in points of AP. Less is not worth a line.
inline constexpr double kFallOfClass = 1;

// The whole page as UTF-8 HTML, which loads nothing. Lines of the same models, machine and way must be neighbours. The same input gives the
// same bytes. All text of `lines` is escaped. `classes` are AP of classes of the same subjects, of which only falls are shown.
std::string render_trend(const std::string& title, const std::vector<TrendLine>& lines, const std::vector<TrendLine>& classes = {});

}  // namespace octet
