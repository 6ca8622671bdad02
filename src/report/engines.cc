// The same models in each of several engines.
#include "report/html.h"
#include "report/views.h"

namespace octet::report {
namespace {

Json row_of(const ReportEngine& engine) {
  const std::string change = signed_points(engine.first_ap, engine.second_ap, 2);
  return {{"name", engine.name},
          {"before", percent(engine.first_ap, 2)},
          {"after", percent(engine.second_ap, 2)},
          {"change", change},
          {"kind", change.starts_with("+")        ? "up"
                   : change.starts_with("\u2212") ? "down"
                                                  : ""},
          {"fidelity", engine.fidelity ? percent(*engine.fidelity, 2) : "–"},
          {"first_time", milliseconds(engine.first_ms)},
          {"second_time", milliseconds(engine.second_ms)},
          {"ratio", engine.second_ms > 0 ? times(engine.first_ms / engine.second_ms) : "–"}};
}

}  // namespace

Json engines_view(const ReportInput& input) {
  if (input.engines.empty()) return {};
  Json rows = Json::array();
  for (const ReportEngine& engine : input.engines) rows.push_back(row_of(engine));
  return {{"judged", input.engines[0].name}, {"rows", rows}};
}

}  // namespace octet::report
