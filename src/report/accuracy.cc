// COCO's 12 numbers and the AP of each class, before and after.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "report/html.h"
#include "report/views.h"

namespace octet::report {
namespace {

constexpr std::size_t kClassesShownAtFirst = 12;

struct CocoNumber {
  const char* name;
  const char* meaning;
};
constexpr std::array<CocoNumber, 12> kNumbers = {{
    {"AP", "precision, mean over IoU 0.50 to 0.95"},
    {"AP50", "precision at IoU 0.50: found roughly"},
    {"AP75", "precision at IoU 0.75: found exactly"},
    {"AP small", "objects below 32² pixels"},
    {"AP medium", "objects of 32² to 96² pixels"},
    {"AP large", "objects above 96² pixels"},
    {"AR1", "recall with 1 box a picture"},
    {"AR10", "recall with 10 boxes a picture"},
    {"AR100", "recall with 100 boxes a picture"},
    {"AR small", "recall of objects below 32² pixels"},
    {"AR medium", "recall of objects of 32² to 96² pixels"},
    {"AR large", "recall of objects above 96² pixels"},
}};

// Both fractions in percent, and the change with its sign.
Json before_and_after(double before, double after, int decimals) {
  const std::string change = signed_points(before, after, decimals);
  const char* kind = change.starts_with("+") ? "up" : change.starts_with("\u2212") ? "down" : "";
  return {{"before", percent(before, decimals)}, {"after", percent(after, decimals)}, {"change", change}, {"kind", kind}};
}

double change_of(const ReportClass& one) { return std::abs(one.second_ap - one.first_ap); }

// On a line from 0 to 100: dots where the class was and where it is, and a rod between them.
Json class_row(const ReportClass& one, bool is_extra) {
  const double before = 100 * one.first_ap, after = 100 * one.second_ap;
  const auto place = [](double value) { return fmt::format("{:.2f}", value); };
  const auto exact = [](double value) { return fmt::format("{:.6f}", value); };
  Json row = before_and_after(one.first_ap, one.second_ap, 1);
  row.update({{"name", one.name},
              {"objects", one.objects},
              {"is_certain", one.is_certain},
              {"is_extra", is_extra},
              {"first_ap", exact(one.first_ap)},
              {"second_ap", exact(one.second_ap)},
              {"change_ap", exact(change_of(one))},
              {"left", place(std::min(before, after))},
              {"width", place(std::abs(after - before))},
              {"first_at", place(before)},
              {"second_at", place(after)}});
  return row;
}

// "Of 312 boxes that both find, ...".
Json shift_sentence(const ReportInput& input) {
  if (!input.score_shift || input.score_shift->pairs == 0) return {};
  const ReportScoreShift& shift = *input.score_shift;
  return fmt::format("Of {} that both find, {} scores {:.3f} {} on average; one score moves by {:.3f} either way.",
                     count_of(shift.pairs, "box", "boxes"), input.second.label, std::abs(shift.mean), shift.mean < 0 ? "less" : "more",
                     shift.mean_absolute);
}

}  // namespace

Json accuracy_view(const ReportInput& input) {
  if (!input.first.coco || !input.second.coco) return {};
  Json numbers = Json::array();
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    Json row = before_and_after((*input.first.coco)[i], (*input.second.coco)[i], 2);
    row.update({{"name", kNumbers[i].name}, {"meaning", kNumbers[i].meaning}});
    numbers.push_back(std::move(row));
  }
  Json details = Json::array();
  for (const ReportFigure& figure : input.details) {
    Json row = before_and_after(figure.first, figure.second, 1);
    const std::string kind = row["kind"];
    if (figure.less_is_better && !kind.empty()) row["kind"] = kind == "up" ? "down" : "up";
    row.update({{"name", figure.name}, {"meaning", figure.meaning}});
    details.push_back(std::move(row));
  }
  const bool has_fidelity = input.fidelity && is_defined(*input.fidelity);
  return {{"numbers", numbers},
          {"details", details.empty() ? Json() : Json{{"figures", details}}},
          {"shift", shift_sentence(input)},
          {"fidelity", has_fidelity ? Json(percent(*input.fidelity, 2)) : Json()}};
}

Json classes_view(const ReportInput& input) {
  std::vector<ReportClass> classes = input.classes;
  std::erase_if(classes, [](const ReportClass& one) { return !is_defined(one.first_ap) || !is_defined(one.second_ap); });
  if (classes.empty()) return {};
  std::ranges::stable_sort(classes, std::ranges::greater(), change_of);
  Json rows = Json::array();
  for (const ReportClass& one : classes) rows.push_back(class_row(one, rows.size() >= kClassesShownAtFirst));
  return {{"rows", rows}, {"more", rows.size() > kClassesShownAtFirst ? Json(rows.size()) : Json()}};
}

}  // namespace octet::report
