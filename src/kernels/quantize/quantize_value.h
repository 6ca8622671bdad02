#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace octet::kernels {

// zero_point + int(round_half_even(min(max(scaled, -zero_point), 255 - zero_point))); NaN becomes 0.
inline std::uint8_t quantize_value(float scaled, int zero_point) {
  const float lowest = -static_cast<float>(zero_point), highest = 255.0f - static_cast<float>(zero_point);
  const float clamped = std::min(std::max(lowest, scaled), highest);  // this operand order sends NaN to lowest
  return static_cast<std::uint8_t>(zero_point + static_cast<int>(std::nearbyint(clamped)));
}

}  // namespace octet::kernels
