#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet {

// What may be asked of an INT8 model before it is accepted: by a build (--require) and by the report.
struct Requirements {
  std::optional<double> max_drop;      // points of AP
  std::optional<double> min_fidelity;  // points of AP
  std::optional<double> min_speedup;   // FP32 / INT8 median latency
};

// "max-drop=1.0,min-fidelity=90,min-speedup=1.2", any of the three. kInvalidArgument names the part that is wrong.
Result<Requirements> parse_requirements(std::string_view text);

// Asked of a model in the report where the user asks nothing else. They are advice: no verb fails by them.
inline constexpr Requirements kDefaultRequirements{.max_drop = 1.0, .min_fidelity = 85, .min_speedup = 1.0};

struct Measured {
  std::optional<double> drop, fidelity;  // fractions; a fidelity of -1 is COCO's word for nothing to find
  std::optional<double> speedup;
};

// What was asked, and of what was measured and not asked for the defaults.
Requirements with_defaults(const Requirements& requirements, const Measured& measured);

enum class Quantity { kDrop, kFidelity, kSpeedup };

// "max-drop", as --require has it.
std::string_view name_of(Quantity quantity);

// One requirement against its figure.
struct Judgement {
  Quantity quantity = Quantity::kDrop;
  std::optional<double> figure;  // in the unit of the bound, nothing where it was not measured
  double bound = 0;
  bool is_met = false;  // never by a figure that is absent or not a number
};
std::vector<Judgement> judge_each(const Requirements& requirements, const Measured& measured);

// "max-drop: 1.2 was measured, 1 is required".
std::string finding_of(const Judgement& judgement);

// kRequirement names everything that is not met with figure and bound.
Status check_requirements(const Requirements& requirements, const Measured& measured);

}  // namespace octet
