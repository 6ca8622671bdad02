#include "report/requirements.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/parse_number.h"

namespace octet {
namespace {

struct Requirement {
  Quantity quantity;
  std::string_view name;
  std::optional<double> Requirements::*bound;
};
constexpr Requirement kRequirements[] = {{Quantity::kDrop, "max-drop", &Requirements::max_drop},
                                         {Quantity::kFidelity, "min-fidelity", &Requirements::min_fidelity},
                                         {Quantity::kSpeedup, "min-speedup", &Requirements::min_speedup}};

Error bad(std::string_view part, std::string_view why) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("--require: '{}': {} (known: max-drop=POINTS, min-fidelity=POINTS, min-speedup=RATIO)", part, why)};
}

Status parse_part(std::string_view part, Requirements& requirements) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) return bad(part, "no value");
  const auto known = std::ranges::find(kRequirements, part.substr(0, equals), &Requirement::name);
  if (known == std::end(kRequirements)) return bad(part, "no such requirement");
  if (requirements.*known->bound) return bad(part, "given twice");
  const auto number = parse_number<double>(part.substr(equals + 1));
  if (!number || !std::isfinite(*number)) return bad(part, "not a number");
  requirements.*known->bound = number;
  return {};
}

// In the unit of its bound.
std::optional<double> figure_of(Quantity quantity, const Measured& measured) {
  constexpr double kNothingToFind = -1;
  const auto points = [](std::optional<double> fraction) { return fraction ? std::optional(100 * *fraction) : std::nullopt; };
  switch (quantity) {
    case Quantity::kDrop:
      return points(measured.drop);
    case Quantity::kFidelity:
      return measured.fidelity == kNothingToFind ? std::nullopt : points(measured.fidelity);
    case Quantity::kSpeedup:
      break;
  }
  return measured.speedup;
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
  for (const Requirement& each : kRequirements)
    if (!(all.*each.bound) && figure_of(each.quantity, measured)) all.*each.bound = kDefaultRequirements.*each.bound;
  return all;
}

std::vector<Judgement> judge_each(const Requirements& requirements, const Measured& measured) {
  std::vector<Judgement> judged;
  for (const Requirement& each : kRequirements) {
    const auto bound = requirements.*each.bound, figure = figure_of(each.quantity, measured);
    if (!bound) continue;
    const bool is_met = figure && (each.quantity == Quantity::kDrop ? *figure <= *bound : *figure >= *bound);
    judged.push_back({each.quantity, figure, *bound, is_met});
  }
  return judged;
}

std::string_view name_of(Quantity quantity) { return std::ranges::find(kRequirements, quantity, &Requirement::quantity)->name; }

std::string finding_of(const Judgement& judgement) {
  const std::string_view name = name_of(judgement.quantity);
  if (!judgement.figure) return fmt::format("{}: was not measured here", name);
  return fmt::format("{}: {:.4g} was measured, {:.4g} is required", name, *judgement.figure, judgement.bound);
}

Status check_requirements(const Requirements& requirements, const Measured& measured) {
  std::string unmet;
  for (const Judgement& one : judge_each(requirements, measured)) {
    if (one.is_met) continue;
    unmet += (unmet.empty() ? "" : "; ") + finding_of(one);
  }
  if (unmet.empty()) return {};
  return Error{ErrorCode::kRequirement, "requirement not met: " + unmet};
}

}  // namespace octet
