#include "report/requirements.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "boxes/points.h"

namespace octet {
namespace {

struct Requirement {
  Quantity quantity;
  std::string_view name, unit;
  std::optional<Bound> Requirements::*bound;
  bool is_drop = false;  // the least is best, and it may be asked for with a confidence
};
constexpr Requirement kRequirements[] = {{Quantity::kDrop, "max-drop", "POINTS", &Requirements::max_drop, true},
                                         {Quantity::kFidelity, "min-fidelity", "POINTS", &Requirements::min_fidelity},
                                         {Quantity::kSpeedup, "min-speedup", "RATIO", &Requirements::min_speedup},
                                         {Quantity::kAp, "min-ap", "POINTS", &Requirements::min_ap},
                                         {Quantity::kDropSmall, "max-drop-small", "POINTS", &Requirements::max_drop_small, true},
                                         {Quantity::kDropMedium, "max-drop-medium", "POINTS", &Requirements::max_drop_medium, true},
                                         {Quantity::kDropLarge, "max-drop-large", "POINTS", &Requirements::max_drop_large, true},
                                         {Quantity::kClassDrop, "max-class-drop", "POINTS", &Requirements::max_class_drop, true}};

Error bad(std::string_view part, std::string_view why) {
  return {ErrorCode::kInvalidArgument, fmt::format("--require: '{}': {} (known: {})", part, why, known_requirements())};
}

std::optional<double> finite_number(std::string_view text) {
  const auto number = parse_number<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

// "95%" as 0.95.
std::optional<double> confidence_of(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto percent = finite_number(text.substr(0, text.size() - 1));
  return percent && *percent > 0 && *percent < 100 ? std::optional(*percent / 100) : std::nullopt;
}

Status parse_part(std::string_view part, Requirements& requirements) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) return bad(part, "no value");
  const auto known = std::ranges::find(kRequirements, part.substr(0, equals), &Requirement::name);
  if (known == std::end(kRequirements)) return bad(part, "no such requirement");
  if (requirements.*known->bound) return bad(part, "given twice");
  const std::string_view value = part.substr(equals + 1);
  const auto at = value.find('@');
  const auto number = finite_number(value.substr(0, at));
  if (!number) return bad(part, "not a number");
  Bound bound = *number;
  if (at != std::string_view::npos) {
    if (!known->is_drop) return bad(part, "only a drop is asked for with a confidence");
    bound.confidence = confidence_of(value.substr(at + 1));
    if (!bound.confidence) return bad(part, "the confidence is no percentage between 0 and 100, as in 1.0@95%");
  }
  requirements.*known->bound = bound;
  return {};
}

constexpr double kNothingToFind = -1;

const DropFigure* drop_of(Quantity quantity, const Measured& measured) {
  const auto found = measured.drops.find(quantity);
  return found == measured.drops.end() ? nullptr : &found->second;
}

// In the unit of its bound.
std::optional<double> figure_of(Quantity quantity, const Measured& measured) {
  const auto points = [](std::optional<double> fraction) { return fraction ? std::optional(100 * *fraction) : std::nullopt; };
  switch (quantity) {
    case Quantity::kDrop:
      return points(measured.drop);
    case Quantity::kFidelity:
      return measured.fidelity == kNothingToFind ? std::nullopt : points(measured.fidelity);
    case Quantity::kSpeedup:
      return measured.speedup;
    case Quantity::kAp:
      return measured.ap == kNothingToFind ? std::nullopt : points(measured.ap);
    default:
      break;
  }
  const DropFigure* drop = drop_of(quantity, measured);
  return drop ? std::optional(100 * drop->drop) : std::nullopt;
}

Judgement judge(const Requirement& asked, const Bound& bound, const Measured& measured) {
  Judgement judged{.quantity = asked.quantity, .figure = figure_of(asked.quantity, measured), .bound = bound.value};
  const DropFigure* drop = drop_of(asked.quantity, measured);
  if (drop) judged.of = drop->of;
  judged.confidence = bound.confidence;
  if (bound.confidence && drop && drop->upper_bound) judged.highest = 100 * drop->upper_bound(*bound.confidence);
  const auto decisive = bound.confidence ? judged.highest : judged.figure;
  judged.is_met = judged.figure && decisive && (asked.is_drop ? is_at_most(*decisive, bound.value) : is_at_least(*decisive, bound.value));
  return judged;
}

std::string words_of(const Judgement& one) {
  if (!one.figure) return "was not measured here";
  const std::string figure = fmt::format("{:.4g} was measured{}", *one.figure, one.of.empty() ? "" : " (" + one.of + ")");
  if (!one.confidence) return fmt::format("{}, {:.4g} is required", figure, one.bound);
  if (!one.highest) return fmt::format("{}, and nothing is known of how sure that is", figure);
  if (one.is_unsure())
    return fmt::format("{}, but these images cannot tell: {:.4g} is possible at {:g} %, {:.4g} is required; more images may tell", figure,
                       *one.highest, 100 * *one.confidence, one.bound);
  return fmt::format("{}, at most {:.4g} at {:g} %, {:.4g} is required", figure, *one.highest, 100 * *one.confidence, one.bound);
}

}  // namespace

std::string known_requirements() {
  std::string text;
  for (const Requirement& each : kRequirements)
    text += fmt::format("{}{}={}{}", text.empty() ? "" : ", ", each.name, each.unit, each.is_drop ? "[@PERCENT%]" : "");
  return text;
}

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
  for (const Requirement& each : kRequirements)
    if (const auto& bound = requirements.*each.bound) judged.push_back(judge(each, *bound, measured));
  return judged;
}

std::string_view name_of(Quantity quantity) { return std::ranges::find(kRequirements, quantity, &Requirement::quantity)->name; }

std::string finding_of(const Judgement& judgement) { return fmt::format("{}: {}", name_of(judgement.quantity), words_of(judgement)); }

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
