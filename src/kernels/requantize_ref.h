#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/activation/activation.h"
#include "kernels/requantize.h"

// The definition of requantize.h for one value: slow, to be checked by eye.
namespace octet::kernels::ref {

inline float requantize_f32(const Requantization& r, std::size_t channel, std::int32_t sum) {
  return activate(r.activation, std::fma(static_cast<float>(sum), r.multiplier[channel], r.offset[channel]));
}

// zero_point + round_half_even(real), kept within 0..255; NaN becomes 0.
inline std::uint8_t quantize(float real, int zero_point) {
  if (std::isnan(real)) return 0;
  const auto z = static_cast<float>(zero_point);
  return static_cast<std::uint8_t>(zero_point + static_cast<int>(std::nearbyint(std::fmin(std::fmax(real, -z), 255 - z))));
}

inline std::uint8_t requantize_u8(const Requantization& r, std::size_t channel, std::int32_t sum) {
  const float real = requantize_f32(r, channel, sum);
  return quantize(r.inv_scale.empty() ? real : real * r.inv_scale[channel], r.zero_point[channel]);
}

}  // namespace octet::kernels::ref
