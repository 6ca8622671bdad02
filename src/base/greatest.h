#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

namespace octet {

// Minus infinity of none; NaN is never the greatest. In several chains, so that a comparison need not wait for the one before.
inline float greatest_of(std::span<const float> values) {
  constexpr std::size_t kChains = 16;
  float most[kChains];
  std::fill_n(most, kChains, -std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + kChains <= values.size(); i += kChains)
    for (std::size_t chain = 0; chain < kChains; ++chain) most[chain] = values[i + chain] > most[chain] ? values[i + chain] : most[chain];
  for (; i < values.size(); ++i) most[0] = values[i] > most[0] ? values[i] : most[0];
  return *std::max_element(most, most + kChains);
}

}  // namespace octet
