#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/html.h"
#include "report/sections.h"

namespace octet::report {
namespace {

// Two bars of one quantity, before and after.
struct Comparison {
  std::string title, headline, unit_words;  // "Accuracy", "−0.3", "points of AP"
  double before = 0, after = 0;             // lengths of the bars
  std::string before_text, after_text;
  std::string remark;
};

std::string bar(const std::string& label, const char* kind, double value, double longest, const std::string& text) {
  const double width = longest > 0 ? std::clamp(100 * value / longest, 0.5, 100.0) : 0;
  return fmt::format(
      R"(<div class="bar"><span class="name">{}</span><span class="track"><span class="fill {}" style="width:{:.2f}%"></span></span><span class="value">{}</span></div>)"
      "\n",
      escape(label), kind, width, escape(text));
}

std::string card(const ReportInput& input, const Comparison& compared) {
  const double longest = std::max(compared.before, compared.after);
  return fmt::format(R"(<div class="card figure"><h2>{}</h2>
<p class="big">{} <small>{}</small></p>
{}{}<p class="remark">{}</p></div>
)",
                     escape(compared.title), escape(compared.headline), escape(compared.unit_words),
                     bar(input.first.label, "first", compared.before, longest, compared.before_text),
                     bar(input.second.label, "second", compared.after, longest, compared.after_text), escape(compared.remark));
}

// "0.4 points gained to 1.1 lost".
std::string interval_words(const std::pair<double, double>& drop) {
  const auto words = [](double points) { return fmt::format("{:.1f} {}", std::abs(points), points < 0 ? "gained" : "lost"); };
  return fmt::format("95 % interval over the pictures: {} to {}", words(100 * drop.first), words(100 * drop.second));
}

std::string accuracy_card(const ReportInput& input) {
  if (!drop_points(input)) return "";
  const double before = (*input.first.coco)[0], after = (*input.second.coco)[0];
  std::string remark = "COCO AP, mean over IoU 0.50 to 0.95.";
  if (input.drop_interval) remark = interval_words(*input.drop_interval) + ".";
  return card(input,
              {"Accuracy", signed_points(before, after, 1), "points of AP", before, after, percent(before, 1), percent(after, 1), remark});
}

std::string fidelity_card(const ReportInput& input) {
  if (drop_points(input) || !input.fidelity || !is_defined(*input.fidelity)) return "";
  return card(input, {"Fidelity", percent(*input.fidelity, 1), "AP", 1, *input.fidelity, "100.0", percent(*input.fidelity, 1),
                      "Where the boxes of " + input.first.label + " are the truth; there are no annotations."});
}

std::string speed_card(const ReportInput& input) {
  const auto ratio = speedup(input);
  if (!ratio) return "";
  const double before = input.first.latency->median_ms, after = input.second.latency->median_ms;
  return card(input, {"Speed", times(*ratio >= 1 ? *ratio : 1 / *ratio), *ratio >= 1 ? "faster" : "slower", before, after,
                      milliseconds(before), milliseconds(after), "Median time of one picture; shorter is better."});
}

std::string size_card(const ReportInput& input) {
  const auto ratio = shrinkage(input);
  if (!ratio) return "";
  const auto before = input.first.size_bytes, after = input.second.size_bytes;
  return card(input, {"Size", times(*ratio >= 1 ? *ratio : 1 / *ratio), *ratio >= 1 ? "smaller" : "larger", static_cast<double>(before),
                      static_cast<double>(after), megabytes(before), megabytes(after), "On disk; shorter is better."});
}

}  // namespace

std::string headline_figures(const ReportInput& input) {
  const std::string cards = accuracy_card(input) + fidelity_card(input) + speed_card(input) + size_card(input);
  return cards.empty() ? "" : "<section class=\"figures\" aria-label=\"Before and after\">\n" + cards + "</section>\n";
}

}  // namespace octet::report
