#pragma once

#include <cmath>
#include <optional>

namespace octet {

// How many steps of a quantizer a number is; nothing where it is not a whole number of them, up to what the digits of limits in floats, and
// a program that wrote them, may have moved it.
inline std::optional<double> whole_steps(double number, double step) {
  constexpr double kTolerance = 1e-2;
  const double steps = number / step, whole = std::nearbyint(steps);
  return std::fabs(steps - whole) <= kTolerance ? std::optional(whole) : std::nullopt;
}

}  // namespace octet
