#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace octet {

inline double logistic(double x) { return 1 / (1 + std::exp(-std::clamp(x, -80.0, 80.0))); }

// The smallest input whose logistic function may exceed `probability`, a little lower to be safe from rounding.
inline float logit_below(double probability) {
  if (probability <= 0) return -std::numeric_limits<float>::infinity();
  if (probability >= 1) return std::numeric_limits<float>::infinity();
  return static_cast<float>(std::log(probability / (1 - probability)) - 1e-3);
}

}  // namespace octet
