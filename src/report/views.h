#pragma once

#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/verdict.h"

// What page.html shows, a section each: the words and figures of an input as texts, ready to stand in the page. Null where the input
// has nothing for a section. Texts are escaped when the page is put together.
namespace octet::report {

using Json = nlohmann::json;

Json verdict_view(const ReportInput& input, const Verdict& verdict);
Json headline_view(const ReportInput& input);
Json notes_view(const ReportInput& input);
Json pictures_view(const ReportInput& input);
Json accuracy_view(const ReportInput& input);
Json classes_view(const ReportInput& input);
Json label_errors_view(const ReportInput& input);
Json latency_view(const ReportInput& input);
Json steps_view(const ReportInput& input);
Json engines_view(const ReportInput& input);
Json facts_view(const ReportInput& input);

}  // namespace octet::report
