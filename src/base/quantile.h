#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/check.h"

namespace octet {

// The value below which a fraction 0..1 of `sorted` lies, linear between neighbours as numpy.quantile's default. `sorted` rises and is
// not empty; 0 is its first, 1 its last.
inline double quantile_of_sorted(std::span<const double> sorted, double fraction) {
  OCTET_CHECK(!sorted.empty(), "a quantile of nothing");
  const double at = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - static_cast<double>(below));
}

}  // namespace octet
