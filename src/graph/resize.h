#pragma once

#include <cstdint>
#include <vector>

#include "graph/ops.h"

namespace octet {

// For each of `to` places along one axis, the one of `from` places that a nearest resize by `op` copies, 0 to from - 1.
std::vector<std::int32_t> nearest_sources(const Interpolate& op, std::int64_t from, std::int64_t to);

}  // namespace octet
