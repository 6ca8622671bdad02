#include <array>

#include <fmt/format.h>

#include "report/html.h"
#include "report/sections.h"

namespace octet::report {
namespace {

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

std::string row(const CocoNumber& number, double before, double after) {
  const std::string change = signed_points(before, after, 2);
  const char* kind = change.starts_with("+") ? "up" : change.starts_with("\u2212") ? "down" : "";
  return fmt::format("<tr><th scope=\"row\">{} <span class=\"meaning\">{}</span></th><td>{}</td><td>{}</td><td class=\"{}\">{}</td></tr>\n",
                     number.name, number.meaning, percent(before, 2), percent(after, 2), kind, change);
}

std::string fidelity_text(const ReportInput& input) {
  if (!input.fidelity || !is_defined(*input.fidelity)) return "";
  return fmt::format(
      "<p class=\"lead\">Fidelity AP <b>{}</b>: accuracy of {} where the boxes of {} with a score of at least 0.3 are taken as "
      "the truth. It needs no annotations and sees every change, for better or worse.</p>\n",
      percent(*input.fidelity, 2), escape(input.second.label), escape(input.first.label));
}

}  // namespace

std::string accuracy_section(const ReportInput& input) {
  if (!input.first.coco || !input.second.coco) return "";
  std::string rows;
  for (std::size_t i = 0; i < kNumbers.size(); ++i) rows += row(kNumbers[i], (*input.first.coco)[i], (*input.second.coco)[i]);
  return fmt::format(R"(<section id="accuracy"><h2>Accuracy</h2>
{}<div class="card scroll"><table class="numbers"><caption class="vh">COCO's 12 numbers in percent</caption>
<thead><tr><th scope="col">COCO's numbers, in percent</th><th scope="col">{}</th><th scope="col">{}</th><th scope="col">Change</th></tr></thead>
<tbody>
{}</tbody></table></div></section>
)",
                     fidelity_text(input), escape(input.first.label), escape(input.second.label), rows);
}

}  // namespace octet::report
