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

inline std::uint8_t requantize_u8(const Requantization& r, std::size_t channel, std::int32_t sum) {
  float real = requantize_f32(r, channel, sum);
  if (!r.inv_scale.empty()) real *= r.inv_scale[channel];
  if (std::isnan(real)) return 0;
  const float zero_point = r.zero_point[channel];
  const float limited = std::fmin(std::fmax(real, -zero_point), 255 - zero_point);
  return static_cast<std::uint8_t>(r.zero_point[channel] + static_cast<int>(std::nearbyint(limited)));
}

}  // namespace octet::kernels::ref
