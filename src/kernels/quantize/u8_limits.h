#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "kernels/activation/activation.h"

namespace octet::kernels {

// Limits in quantized steps relative to the zero point.
struct U8Limits {
  float lowest = 0, highest = 255;
};

// Where an activation is a clamp, the limits that stand for it and for the range of u8 together:
// quantize(activate(t)) = zero_point + round(min(max(t, lowest), highest)) for every t that is a number.
inline std::optional<U8Limits> u8_limits(const Activation& activation, std::uint8_t zero_point) {
  const float lowest = -static_cast<float>(zero_point), highest = 255.0f - static_cast<float>(zero_point);
  switch (activation.kind) {
    case Activation::Kind::kNone:
      return U8Limits{lowest, highest};
    case Activation::Kind::kRelu:
      return U8Limits{0.0f, highest};
    case Activation::Kind::kClamp:
      if (!(activation.a <= activation.b)) return std::nullopt;
      return U8Limits{std::clamp(activation.a, lowest, highest), std::clamp(activation.b, lowest, highest)};
    default:
      return std::nullopt;
  }
}

}  // namespace octet::kernels
