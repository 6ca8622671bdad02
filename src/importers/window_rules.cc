#include "importers/window_rules.h"

#include <algorithm>

namespace octet {

Pads same_pads(const Spatial& size, const Spatial& kernel, const Spatial& strides, const Spatial& dilations, bool upper) {
  Pads pads;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t outputs = (size[axis] + strides[axis] - 1) / strides[axis];
    const std::int64_t covered = (outputs - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    const std::int64_t total = std::max<std::int64_t>(covered - size[axis], 0);
    pads.begin[axis] = upper ? total / 2 : total - total / 2;
    pads.end[axis] = total - pads.begin[axis];
  }
  return pads;
}

std::optional<Rounding> ceil_within_data(const Spatial& size, const Spatial& kernel, const Spatial& strides, const Spatial& dilations,
                                         const Pads& pads) {
  bool as_floor = true, as_ceil = true;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t free = size[axis] + pads.begin[axis] + pads.end[axis] - (kernel[axis] - 1) * dilations[axis] - 1;
    if (free % strides[axis] == 0) continue;
    const bool last_begins_in_padding = (free / strides[axis] + 1) * strides[axis] >= size[axis] + pads.begin[axis];
    (last_begins_in_padding ? as_ceil : as_floor) = false;
  }
  if (!as_floor && !as_ceil) return std::nullopt;
  return as_ceil ? Rounding::kCeil : Rounding::kFloor;
}

}  // namespace octet
