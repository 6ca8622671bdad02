#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tensor/tensor.h"

namespace octet {

// Greatest difference of two tensors of one shape, relative to the greatest of `theirs`; infinite where one is no number and the other is.
inline double relative_difference(const Tensor& ours, const Tensor& theirs) {
  const auto a = to_vector<double>(ours), b = to_vector<double>(theirs);
  double greatest = 1e-6, worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) != std::isnan(b[i])) return INFINITY;
    if (std::isnan(b[i]) || a[i] == b[i]) continue;
    greatest = std::max(greatest, std::fabs(b[i]));
    worst = std::max(worst, std::fabs(a[i] - b[i]));
  }
  return worst / greatest;
}

}  // namespace octet
