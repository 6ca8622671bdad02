#include "report/requirements.h"

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

std::optional<double> points(std::optional<double> fraction) { return fraction ? std::optional(100 * *fraction) : std::nullopt; }

std::optional<double> fidelity_points(const Measured& measured) {
  constexpr double kNothingToFind = -1;
  return measured.fidelity == kNothingToFind ? std::nullopt : points(measured.fidelity);
}

const char* name_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::kDrop:
      return "max-drop";
    case Quantity::kFidelity:
      return "min-fidelity";
    case Quantity::kSpeedup:
      break;
  }
  return "min-speedup";
}

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

Requirements with_defaults(const Requirements& requirements, const Measured& measured) {
  Requirements all = requirements;
  if (!all.max_drop && measured.drop) all.max_drop = kDefaultRequirements.max_drop;
  if (!all.min_fidelity && fidelity_points(measured)) all.min_fidelity = kDefaultRequirements.min_fidelity;
  if (!all.min_speedup && measured.speedup) all.min_speedup = kDefaultRequirements.min_speedup;
  return all;
}

std::vector<Judgement> judge_each(const Requirements& requirements, const Measured& measured) {
  std::vector<Judgement> judged;
  const auto judge = [&](Quantity quantity, std::optional<double> bound, std::optional<double> figure) {
    if (!bound) return;
    const bool is_met = figure && (quantity == Quantity::kDrop ? *figure <= *bound : *figure >= *bound);
    judged.push_back({quantity, figure, *bound, is_met});
  };
  judge(Quantity::kDrop, requirements.max_drop, points(measured.drop));
  judge(Quantity::kFidelity, requirements.min_fidelity, fidelity_points(measured));
  judge(Quantity::kSpeedup, requirements.min_speedup, measured.speedup);
  return judged;
}

Status check_requirements(const Requirements& requirements, const Measured& measured) {
  std::string unmet;
  for (const Judgement& one : judge_each(requirements, measured)) {
    if (one.is_met) continue;
    unmet += unmet.empty() ? "" : "; ";
    unmet += one.figure ? fmt::format("{}: {:.4g} was measured, {:.4g} is required", name_of(one.quantity), *one.figure, one.bound)
                        : fmt::format("{}: was not measured here", name_of(one.quantity));
  }
  if (unmet.empty()) return {};
  return Error{ErrorCode::kRequirement, "requirement not met: " + unmet};
}

}  // namespace octet
