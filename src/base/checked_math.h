#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace octet {

// Product of non-negative factors, or nothing if one is negative or the product leaves int64.
// Every size that comes from a file goes through here before anything is allocated.
inline std::optional<std::int64_t> checked_product(std::span<const std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors)
    if (factor < 0 || __builtin_mul_overflow(product, factor, &product)) return std::nullopt;
  return product;
}

}  // namespace octet
