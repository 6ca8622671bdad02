#include <fmt/format.h>

#include "base/check.h"
#include "report/embedded.h"
#include "report/html.h"
#include "report/report.h"
#include "report/sections.h"
#include "report/verdict.h"

namespace octet {
namespace report {
namespace {

std::string link(const std::string& section, const char* id, const char* name) {
  return section.empty() ? "" : fmt::format("<a href=\"#{}\">{}</a>\n", id, name);
}

// The file of this folder with that name and any extension, as embedded.h has it.
std::string_view page_part(std::string_view name) {
  for (const EmbeddedText& part : embedded_page_parts())
    if (part.name == name) return part.text;
  OCTET_CHECK(false, "the page's files are built in");
  return {};
}

// Forbids the browser to load anything, whatever text may have come in.
constexpr const char* kPolicy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

std::string head(const ReportInput& input) {
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="octet">
<title>{} in {}: octet report</title>
<style>
{}</style>
</head>
)",
                     kPolicy, escape(input.model_name), escape(input.second.label), page_part("style"));
}

}  // namespace
}  // namespace report

std::string render_report(const ReportInput& input) {
  using namespace report;
  const std::string pictures = pictures_section(input), accuracy = accuracy_section(input), classes = classes_section(input),
                    latency = latency_section(input), facts = facts_section(input);
  const std::string links = link(pictures, "pictures", "Pictures") + link(accuracy, "accuracy", "Accuracy") +
                            link(classes, "classes", "Classes") + link(latency, "latency", "Latency") +
                            link(facts, "made", "How it was made");
  std::string page = head(input);
  page += "<body>\n<main>\n";
  page += verdict_section(input, judge(input));
  page += headline_figures(input);
  page += notes_section(input);
  if (!links.empty()) page += "<nav aria-label=\"Sections\">\n" + links + "</nav>\n";
  page += pictures + accuracy + classes + latency + facts;
  page += "</main>\n<script>\n";
  page += page_part("script");
  page += "</script>\n</body>\n</html>\n";
  return page;
}

}  // namespace octet
