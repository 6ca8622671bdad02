#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace octet {

// What a build may ask of an INT8 model before it accepts it.
struct Requirements {
  std::optional<double> max_drop;      // points of AP
  std::optional<double> min_fidelity;  // points of AP
  std::optional<double> min_speedup;   // FP32 / INT8 median latency
};

// "max-drop=1.0,min-fidelity=90,min-speedup=1.2", any of the three. kInvalidArgument names the part that is wrong.
Result<Requirements> parse_requirements(std::string_view text);

// What was measured; a requirement on something absent is an error of its own.
struct Measured {
  std::optional<double> drop, fidelity;  // fractions
  std::optional<double> speedup;
};

// kRequirement names everything that is not met with figure and bound.
Status check_requirements(const Requirements& requirements, const Measured& measured);

}  // namespace octet
