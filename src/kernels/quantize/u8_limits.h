#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "kernels/activation/activation.h"

namespace octet::kernels {

// Where an activation is a clamp, the limits that stand for it and for the range of u8 together, in quantized steps relative to the zero
// point: quantize(activate(t)) = zero_point + round(min(max(t, lowest), highest)) for every t that is a number.
inline std::optional<Limits> u8_limits(const Activation& activation, std::uint8_t zero_point) {
  const float lowest = -static_cast<float>(zero_point), highest = 255.0f - static_cast<float>(zero_point);
  const auto limits = limits_of(activation);
  if (!limits || !(limits->lowest <= limits->highest)) return std::nullopt;
  return Limits{std::clamp(limits->lowest, lowest, highest), std::clamp(limits->highest, lowest, highest)};
}

}  // namespace octet::kernels
