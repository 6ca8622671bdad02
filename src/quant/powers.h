#pragma once

#include <algorithm>

namespace octet::quant {

// Of numbers and of what is added to them: the sums of the squares.
struct Powers {
  double signal = 0, noise = 0;

  double relative() const { return noise <= 0 ? 0 : noise / std::max(signal, 1e-30); }
  Powers& operator+=(const Powers& other) {
    signal += other.signal;
    noise += other.noise;
    return *this;
  }
};

}  // namespace octet::quant
