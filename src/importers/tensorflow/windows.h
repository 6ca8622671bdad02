#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "graph/ops.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {

inline constexpr std::int64_t kLargestWindow = 1 << 16;  // a stride, dilation, kernel or padding

// Height and width of a list attribute [1, height, width, 1]; ones where it is left out. kUnsupported if the first or
// last is not 1, kMalformed if one is not positive.
Result<Spatial> spatial_attribute(const NodeRecord& node, std::string_view name);

// Padding of a window of `kernel` over an input [N,C,H,W] by the attribute "padding": SAME (the odd one goes to the
// end), VALID or EXPLICIT.
Result<Pads> pads_of(const NodeRecord& node, const Shape& input, Spatial kernel, Spatial strides, Spatial dilations);

// The padding SAME by itself; TensorFlow Lite's as well.
Pads pads_of_same(const Shape& input, Spatial kernel, Spatial strides, Spatial dilations);

// TensorFlow's resize, and TensorFlow Lite's, of an image of size `from` (positive) to size `to`.
Interpolate resize_of(Interpolate::Mode mode, bool align_corners, bool half_pixel_centers, Spatial from, Spatial to);

// Positions of a window on an axis of `size` padded by `pads` in all; 0 or less if it does not fit.
std::int64_t window_count(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t pads);

}  // namespace octet::tensorflow
