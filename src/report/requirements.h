#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet {

// What is asked of one quantity.
struct Bound {
  constexpr Bound(double bound, std::optional<double> sure = std::nullopt) : value(bound), confidence(sure) {}
  double value;
  std::optional<double> confidence;  // 0..1: a drop must keep to `value` with this confidence, not only on the images at hand
  bool operator==(const Bound&) const = default;
};

// What may be asked of an INT8 model before it is accepted: by a build (--require) and by the report.
struct Requirements {
  std::optional<Bound> max_drop;      // points of AP
  std::optional<Bound> min_fidelity;  // points of AP
  std::optional<Bound> min_speedup;   // FP32 / INT8 median latency
  std::optional<Bound> min_ap{};      // points, of the last model
  std::optional<Bound> max_drop_small{}, max_drop_medium{}, max_drop_large{};
  std::optional<Bound> max_class_drop{};  // of the class that loses most
  bool operator==(const Requirements&) const = default;
};

// "max-drop=1.0@95%,min-fidelity=90,max-class-drop=5", any of them. kInvalidArgument names the part that is wrong.
Result<Requirements> parse_requirements(std::string_view text);

// For a help text: every requirement with its unit.
std::string known_requirements();

// Asked of a model in the report where the user asks nothing else. They are advice: no verb fails by them.
inline constexpr Requirements kDefaultRequirements{.max_drop = 1.0, .min_fidelity = 85, .min_speedup = 1.0};

enum class Quantity { kDrop, kFidelity, kSpeedup, kAp, kDropSmall, kDropMedium, kDropLarge, kClassDrop };

// "max-drop", as --require has it.
std::string_view name_of(Quantity quantity);

// A drop of AP, as far as the images tell it.
struct DropFigure {
  double drop = 0;                                         // fraction
  std::function<double(double confidence)> upper_bound{};  // what it does not exceed at a confidence; absent where nothing is known of that
  std::string of{};                                        // the class that it is of
};

struct Measured {
  std::optional<double> drop, fidelity;  // fractions; a fidelity of -1 is COCO's word for nothing to find
  std::optional<double> speedup;
  std::optional<double> ap{};  // fraction, as fidelity
  std::map<Quantity, DropFigure> drops{};
};

// What was asked, and of what was measured and not asked for the defaults.
Requirements with_defaults(const Requirements& requirements, const Measured& measured);

// One requirement against its figure. Figures are in the unit of the bound.
struct Judgement {
  Quantity quantity = Quantity::kDrop;
  std::optional<double> figure;  // nothing where it was not measured
  double bound = 0;
  bool is_met = false;                 // never by a figure that is absent or not a number
  std::optional<double> confidence{};  // that was asked for
  std::optional<double> highest{};     // what the figure does not exceed at that confidence; it is what must keep to the bound
  std::string of{};                    // the class that it is of

  // The figure keeps to the bound, but the images are too few to say so with the confidence asked for.
  bool is_unsure() const { return !is_met && highest && figure && *figure <= bound; }
};
std::vector<Judgement> judge_each(const Requirements& requirements, const Measured& measured);

// "max-drop: 1.2 was measured, 1 is required".
std::string finding_of(const Judgement& judgement);

// kRequirement names everything that is not met with figure and bound.
Status check_requirements(const Requirements& requirements, const Measured& measured);

}  // namespace octet
