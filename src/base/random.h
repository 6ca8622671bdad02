#pragma once

#include <cstdint>
#include <random>

namespace octet {

// Uniform in [0, count), count > 0: the same draws on every machine, which std::uniform_int_distribution does not promise.
inline std::uint64_t draw_below(std::mt19937_64& random, std::uint64_t count) {
  const std::uint64_t unbiased = random.max() - random.max() % count;
  std::uint64_t value = random();
  while (value >= unbiased) value = random();
  return value % count;
}

}  // namespace octet
