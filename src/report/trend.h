#pragma once

#include <cstdint>
#include <string>
#include <vector>

// One page that shows how figures of models went over time, made of plain results.
namespace octet {

struct TrendPoint {
  std::int64_t run = 0;  // its number
  std::string at;        // when
  double value = 0;
};

// One figure of the same models on the same machine, oldest run first.
struct TrendLine {
  std::string models, machine;
  std::string figure;  // "AP, INT8"
  int digits = 2;      // behind the point
  bool rises = true;   // more is better
  std::vector<TrendPoint> points;
};

// The whole page as UTF-8 HTML, which loads nothing. Lines of the same models and machine must be neighbours. The same input gives the same
// bytes. All text of `lines` is escaped.
std::string render_trend(const std::string& title, const std::vector<TrendLine>& lines);

}  // namespace octet
