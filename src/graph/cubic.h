#pragma once

#include <array>
#include <cmath>

namespace octet {

// Keys' cubic convolution: the shares of the four samples at -1, 0, 1 and 2 for a place `t` (0 to 1) between 0 and 1.
inline std::array<double, 4> cubic_shares(double t, double coefficient) {
  const double a = coefficient;
  const auto near = [&](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };       // up to 1 away
  const auto far = [&](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };  // 1 to 2 away
  return {far(1 + t), near(t), near(1 - t), far(2 - t)};
}

}  // namespace octet
