#include "workflow/requirements.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace octet {
namespace {

std::optional<double>* field(Requirements& requirements, std::string_view name) {
  if (name == "max-drop") return &requirements.max_drop;
  if (name == "min-fidelity") return &requirements.min_fidelity;
  if (name == "min-speedup") return &requirements.min_speedup;
  return nullptr;
}

Error bad(std::string_view part, std::string_view why) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("--require: '{}': {} (known: max-drop=POINTS, min-fidelity=POINTS, min-speedup=RATIO)", part, why)};
}

Status parse_part(std::string_view part, Requirements& requirements) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) return bad(part, "no value");
  std::optional<double>* target = field(requirements, part.substr(0, equals));
  if (!target) return bad(part, "no such requirement");
  if (*target) return bad(part, "given twice");
  const std::string value(part.substr(equals + 1));
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0' || !std::isfinite(number)) return bad(part, "not a number");
  *target = number;
  return {};
}

// Appends "name figure (required bound)" where it is not met; NaN and an absent figure are not.
void judge(std::string& unmet, std::string_view name, std::optional<double> bound, std::optional<double> figure, bool at_most) {
  if (!bound) return;
  if (figure && (at_most ? *figure <= *bound : *figure >= *bound)) return;
  unmet += unmet.empty() ? "" : "; ";
  unmet += figure ? fmt::format("{}: {:.4g} was measured, {:.4g} is required", name, *figure, *bound)
                  : fmt::format("{}: was not measured here", name);
}

std::optional<double> points(std::optional<double> fraction) { return fraction ? std::optional(100 * *fraction) : std::nullopt; }

}  // namespace

Result<Requirements> parse_requirements(std::string_view text) {
  Requirements requirements;
  while (!text.empty()) {
    const auto comma = text.find(',');
    OCTET_RETURN_IF_ERROR(parse_part(text.substr(0, comma), requirements));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return requirements;
}

Status check_requirements(const Requirements& requirements, const Measured& measured) {
  std::string unmet;
  judge(unmet, "max-drop", requirements.max_drop, points(measured.drop), true);
  // An AP of -1 is COCO's word for nothing to find.
  judge(unmet, "min-fidelity", requirements.min_fidelity, measured.fidelity == -1 ? std::nullopt : points(measured.fidelity), false);
  judge(unmet, "min-speedup", requirements.min_speedup, measured.speedup, false);
  if (unmet.empty()) return {};
  return Error{ErrorCode::kRequirement, "requirement not met: " + unmet};
}

}  // namespace octet
