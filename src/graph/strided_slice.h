#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "graph/ops.h"

namespace octet {

// Which elements of each axis of the data a StridedSlice takes, and the shape that they end up in.
struct SlicePlan {
  struct Axis {
    std::int64_t first = 0, step = 1, count = 0;
  };
  std::vector<Axis> axes;  // one for each axis of the data
  Shape shape;
};

// `strides` may be empty: all ones.
Result<SlicePlan> plan_slice(const StridedSlice& op, const Shape& data, std::span<const std::int64_t> begin,
                             std::span<const std::int64_t> end, std::span<const std::int64_t> strides);

}  // namespace octet
