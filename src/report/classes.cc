#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "report/html.h"
#include "report/sections.h"

namespace octet::report {
namespace {

constexpr std::size_t kShownAtFirst = 12;

double change_of(const ReportClass& one) { return one.second_ap - one.first_ap; }

std::vector<const ReportClass*> changed_most_first(const std::vector<ReportClass>& classes) {
  std::vector<const ReportClass*> sorted;
  for (const ReportClass& one : classes)
    if (is_defined(one.first_ap) && is_defined(one.second_ap)) sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ReportClass* a, const ReportClass* b) { return std::abs(change_of(*a)) > std::abs(change_of(*b)); });
  return sorted;
}

// Two dots on a line from 0 to 100: where the class was and where it is.
std::string dumbbell(const ReportClass& one) {
  const double before = 100 * one.first_ap, after = 100 * one.second_ap;
  return fmt::format(
      R"(<span class="dumbbell" aria-hidden="true"><i class="rod" style="left:{:.2f}%;width:{:.2f}%"></i><i class="dot first" style="left:{:.2f}%"></i><i class="dot second" style="left:{:.2f}%"></i></span>)",
      std::min(before, after), std::abs(after - before), before, after);
}

std::string row(const ReportClass& one, bool is_extra) {
  const std::string change = signed_points(one.first_ap, one.second_ap, 1);
  const char* kind = change.starts_with("+") ? "up" : change.starts_with("\u2212") ? "down" : "";
  return fmt::format(
      R"(<tr{} data-name="{}" data-objects="{}" data-first="{:.6f}" data-second="{:.6f}" data-change="{:.6f}"><th scope="row">{}</th><td class="objects">{}</td><td class="plot">{}</td><td>{}</td><td>{}</td><td class="{}">{}</td></tr>)"
      "\n",
      is_extra ? " class=\"extra\"" : "", escape(one.name), one.objects, one.first_ap, one.second_ap, std::abs(change_of(one)),
      escape(one.name), one.objects, dumbbell(one), percent(one.first_ap, 1), percent(one.second_ap, 1), kind, change);
}

std::string header(const char* key, const std::string& text, const char* state) {
  return fmt::format("<th scope=\"col\" class=\"{1}\" aria-sort=\"{0}\"><button type=\"button\" data-key=\"{1}\">{2}</button></th>", state,
                     key, text);
}

}  // namespace

std::string classes_section(const ReportInput& input) {
  const auto classes = changed_most_first(input.classes);
  if (classes.empty()) return "";
  std::string rows;
  for (std::size_t i = 0; i < classes.size(); ++i) rows += row(*classes[i], i >= kShownAtFirst);
  const std::string more =
      classes.size() > kShownAtFirst
          ? fmt::format("<p><button type=\"button\" class=\"more\" id=\"all-classes\">Show all {} classes</button></p>\n", classes.size())
          : "";
  return fmt::format(R"(<section id="classes"><h2>Classes</h2>
<p class="lead">AP of each class, those that changed most first. A class with few objects moves by whole points when one box changes.</p>
<div class="card scroll"><table class="classes"><caption class="vh">AP of each class in percent</caption>
<thead><tr>{}{}<th scope="col" class="plot"><span class="scale" aria-hidden="true"><i>0</i><i>50</i><i>100</i></span><span class="vh">Plot</span></th>{}{}{}</tr></thead>
<tbody>
{}</tbody></table></div>
{}</section>
)",
                     header("name", "Class", "none"), header("objects", "Objects", "none"),
                     header("first", escape(input.first.label), "none"), header("second", escape(input.second.label), "none"),
                     header("change", "Change", "descending"), rows, more);
}

}  // namespace octet::report
