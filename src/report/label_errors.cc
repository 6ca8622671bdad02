// Annotations that are perhaps wrong.
#include <map>
#include <string>

#include <fmt/format.h>

#include "report/views.h"

namespace octet::report {

Json label_errors_view(const ReportInput& input) {
  constexpr std::size_t kShownOfKind = 10;
  if (input.label_errors.empty()) return {};
  std::map<std::string, std::size_t> counts;
  Json rows = Json::array();
  for (const ReportLabelError& error : input.label_errors) {
    if (++counts[error.kind] > kShownOfKind) continue;
    rows.push_back({{"kind", error.kind},
                    {"picture", error.picture},
                    {"annotated", error.annotated},
                    {"found", error.found},
                    {"score", error.score ? fmt::format("{:.2f}", *error.score) : ""}});
  }
  Json kinds = Json::array();
  for (const auto& [kind, count] : counts) kinds.push_back({{"kind", kind}, {"count", count}});
  return {{"rows", rows}, {"kinds", kinds}};
}

}  // namespace octet::report
