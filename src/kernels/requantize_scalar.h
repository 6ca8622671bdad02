#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/activation/activation_scalar.h"
#include "kernels/requantize_table.h"

// requantize.h for one value a step, the kind of activation being known when compiling. For the portable kernels
// and for what is left over from the vectors.
namespace octet::kernels::scalar {

template <Activation::Kind kKind>
inline float requantize_real(const RequantizationTable& table, std::size_t channel, std::int32_t sum) {
  const float real = fma(static_cast<float>(sum), table.multiplier[channel], table.offset[channel]);
  return activate<kKind>(real, table.activation.a, table.activation.b);
}

// Of what the activation gives.
template <bool kPlain>
inline std::uint8_t to_byte(const RequantizationTable& table, std::size_t channel, float real) {
  if constexpr (!kPlain) real *= table.inv_scale[channel];
  const float limited = min(max(real, table.lowest[channel]), table.highest[channel]);
  return static_cast<std::uint8_t>(table.zero_point[channel] + static_cast<std::int32_t>(round_even(limited)));
}

template <Activation::Kind kKind, bool kPlain>
inline std::uint8_t requantize_u8(const RequantizationTable& table, std::size_t channel, std::int32_t sum) {
  return to_byte<kPlain>(table, channel, requantize_real<kKind>(table, channel, sum));
}

}  // namespace octet::kernels::scalar
