#include <fmt/format.h>

#include "report/html.h"
#include "report/sections.h"

namespace octet::report {
namespace {

// Below these, the numbers are no benchmark.
constexpr std::int64_t kDemonstration = 100, kSmallSample = 1000;

std::string check_chip(const Check& check) {
  return fmt::format(
      R"(<li class="check {}"><span class="mark" aria-hidden="true">{}</span><span><b>{}</b> {} ({})<span class="vh">: {}</span></span></li>)"
      "\n",
      check.passed ? "good" : "bad", check.passed ? "✓" : "✕", escape(check.name), escape(check.measured), escape(check.limit),
      check.passed ? "met" : "not met");
}

const char* outcome_class(Outcome outcome) {
  switch (outcome) {
    case Outcome::kShip:
      return "ship";
    case Outcome::kDoNotShip:
      return "stop";
    case Outcome::kUnknown:
      break;
  }
  return "unknown";
}

const char* outcome_mark(Outcome outcome) {
  switch (outcome) {
    case Outcome::kShip:
      return "M9 17l5 5L24 11";
    case Outcome::kDoNotShip:
      return "M10.5 10.5l11 11M21.5 10.5l-11 11";
    case Outcome::kUnknown:
      break;
  }
  return "M9 16h14";
}

std::string subject_line(const ReportInput& input) {
  std::string text = "<b>" + escape(input.model_name) + "</b>";
  if (input.images > 0) text += " on " + count_of(input.images, "picture", "pictures");
  if (!input.data_name.empty()) text += " of " + escape(input.data_name);
  return text;
}

std::string size_note(const ReportInput& input) {
  if (input.images <= 0 || input.images >= kSmallSample) return "";
  const std::string pictures = count_of(input.images, "picture is", "pictures are");
  if (input.images < kDemonstration)
    return pictures +
           " a demonstration, not a benchmark: the two models are compared on the same pictures, but neither number "
           "says how good the model is elsewhere.";
  return pictures + " a small sample: good for comparing the two models, too few to rank them among others.";
}

std::string fact_rows(const ReportFacts& facts) {
  std::string html;
  for (const auto& [key, value] : facts.rows) html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(key), escape(value));
  return html;
}

}  // namespace

std::string verdict_section(const ReportInput& input, const Verdict& verdict) {
  std::string checks;
  for (const Check& check : verdict.checks) checks += check_chip(check);
  if (!checks.empty()) checks = "<ul class=\"checks\" aria-label=\"What was asked\">\n" + checks + "</ul>\n";
  return fmt::format(R"(<header class="verdict {}">
<p class="subject">{}</p>
<div class="sentence"><svg viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="16"/><path d="{}"/></svg>
<h1>{}</h1></div>
{}</header>
)",
                     outcome_class(verdict.outcome), subject_line(input), outcome_mark(verdict.outcome), escape(verdict.sentence), checks);
}

std::string notes_section(const ReportInput& input) {
  std::string notes;
  if (const std::string note = size_note(input); !note.empty()) notes += "<p>" + escape(note) + "</p>\n";
  if (input.skipped_images > 0)
    notes += "<p>" + count_of(input.skipped_images, "picture", "pictures") + " could not be read and had to be skipped.</p>\n";
  return notes.empty() ? "" : "<aside class=\"notes\" aria-label=\"Notes\">\n" + notes + "</aside>\n";
}

std::string facts_section(const ReportInput& input) {
  if (input.facts.empty()) return "";
  std::string groups;
  for (const ReportFacts& facts : input.facts)
    groups += fmt::format("<div class=\"facts card\"><h3>{}</h3>\n<dl>\n{}</dl></div>\n", escape(facts.title), fact_rows(facts));
  return "<section id=\"made\"><h2>How it was made</h2>\n<div class=\"fact-grid\">\n" + groups + "</div></section>\n";
}

}  // namespace octet::report
