#pragma once

#include <cstddef>
#include <cstring>
#include <limits>
#include <span>

namespace octet {

// Minus infinity of none; NaN is never the greatest. In several vectors, so that a comparison need not wait for the one before.
inline float greatest_of(std::span<const float> values) {
  using Four = float __attribute__((vector_size(4 * sizeof(float))));
  constexpr std::size_t kVectors = 4, kAtOnce = kVectors * sizeof(Four) / sizeof(float);
  float most = -std::numeric_limits<float>::infinity();
  if (values.size() < kAtOnce) {
    for (const float value : values) most = value > most ? value : most;
    return most;
  }
  Four each[kVectors] = {Four{} + most, Four{} + most, Four{} + most, Four{} + most};
  const auto take = [&](const float* from) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kVectors; ++i) {
      Four taken;  // one at a time, as GCC would copy several through memory
      std::memcpy(&taken, from + 4 * i, sizeof taken);
      each[i] = taken > each[i] ? taken : each[i];
    }
  };
  for (std::size_t i = 0; i + kAtOnce <= values.size(); i += kAtOnce) take(&values[i]);
  take(&values[values.size() - kAtOnce]);  // what is left over, and some for the second time
#pragma GCC unroll 4
  for (std::size_t i = 1; i < kVectors; ++i) each[0] = each[i] > each[0] ? each[i] : each[0];
  for (std::size_t i = 0; i < 4; ++i) most = each[0][i] > most ? each[0][i] : most;
  return most;
}

}  // namespace octet
