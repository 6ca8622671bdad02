#pragma once

#include <optional>

#include "graph/ops.h"

namespace octet {

// Rules of windows over height and width that several formats have. Sizes are of the data; all numbers are small enough that sums and
// products of two stay within int64.

// Padding for an output of ceil(size / stride), the odd zero at the end ("upper") or at the beginning.
Pads same_pads(const Spatial& size, const Spatial& kernel, const Spatial& strides, const Spatial& dilations, bool upper);

// PyTorch's ceil: a last window counts that is not whole, unless it begins in the padding behind the data. `Rounding` has no such value;
// for given sizes the result is that of floor or of ceil. Nothing where height and width differ in that.
std::optional<Rounding> ceil_within_data(const Spatial& size, const Spatial& kernel, const Spatial& strides, const Spatial& dilations,
                                         const Pads& pads);

}  // namespace octet
