#pragma once

#include <cstdint>
#include <vector>

#include "graph/ops.h"

namespace octet {

// For each of `to` places along one axis, the one of `from` places that a nearest resize by `op` copies, 0 to from - 1.
std::vector<std::int32_t> nearest_sources(const Interpolate& op, std::int64_t from, std::int64_t to);

// A place that a linear resize mixes of two.
struct LinearSource {
  std::int32_t low = 0, high = 0;
  float share_of_high = 0;
};

// For each of `to` places along one axis, what a linear resize by `op` mixes of `from` places.
std::vector<LinearSource> linear_sources(const Interpolate& op, std::int64_t from, std::int64_t to);

}  // namespace octet
