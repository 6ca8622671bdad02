#include "importers/tensorflow/windows.h"

#include <algorithm>
#include <string>

namespace octet::tensorflow {
namespace {

// TensorFlow's rule: as many windows as strides fit, padding split with the odd one at the end.
void pad_same(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t& begin, std::int64_t& end) {
  const std::int64_t count = (size + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(0, (count - 1) * stride + (kernel - 1) * dilation + 1 - size);
  begin = total / 2;
  end = total - begin;
}

}  // namespace

Result<Spatial> spatial_attribute(const NodeRecord& node, std::string_view name) {
  OCTET_ASSIGN_AT(const auto list, attribute<std::vector<std::int64_t>>(node, name, {1, 1, 1, 1}), place(node));
  if (list.size() != 4)
    return malformed(node, "attribute " + in_quotes(name) + " has " + std::to_string(list.size()) + " values, expected 4");
  if (list[0] != 1 || list[3] != 1) return unsupported(node, "attribute " + in_quotes(name) + " reaches over images or channels");
  for (const std::int64_t value : {list[1], list[2]})
    if (value < 1 || value > kLargestWindow)
      return malformed(node, "attribute " + in_quotes(name) + " has the value " + std::to_string(value));
  return Spatial{list[1], list[2]};
}

Result<Pads> pads_of(const NodeRecord& node, const Shape& input, Spatial kernel, Spatial strides, Spatial dilations) {
  OCTET_ASSIGN_AT(const std::string padding, attribute<std::string>(node, "padding", ""), place(node));
  Pads pads;
  if (std::max(kernel[0], kernel[1]) > kLargestWindow) return malformed(node, "its kernel is larger than the padded input");
  if (padding == "VALID") return pads;
  if (padding == "SAME") return pads_of_same(input, kernel, strides, dilations);
  OCTET_ASSIGN_AT(const auto list, attribute<std::vector<std::int64_t>>(node, "explicit_paddings", {}), place(node));
  if (padding != "EXPLICIT" || list.size() != 8)
    return malformed(node, "padding " + in_quotes(padding) + ", expected SAME, VALID or EXPLICIT");
  if (list[0] != 0 || list[1] != 0 || list[6] != 0 || list[7] != 0) return unsupported(node, "pads images or channels");
  for (const std::int64_t value : list)
    if (value < 0 || value > kLargestWindow) return malformed(node, "pads by " + std::to_string(value));
  return Pads{{list[2], list[4]}, {list[3], list[5]}};
}

Pads pads_of_same(const Shape& input, Spatial kernel, Spatial strides, Spatial dilations) {
  Pads pads;
  for (std::size_t axis = 0; axis < 2; ++axis)
    pad_same(input[2 + axis], kernel[axis], strides[axis], dilations[axis], pads.begin[axis], pads.end[axis]);
  return pads;
}

Interpolate resize_of(Interpolate::Mode mode, bool align_corners, bool half_pixel_centers, Spatial from, Spatial to) {
  Interpolate interpolate;
  interpolate.mode = mode;
  if (align_corners) interpolate.coordinates = Interpolate::Coordinates::kAlignCorners;
  if (half_pixel_centers) interpolate.coordinates = Interpolate::Coordinates::kHalfPixel;
  if (align_corners || half_pixel_centers)
    interpolate.nearest = Interpolate::NearestRounding::kRoundPreferCeil;
  else
    interpolate.nearest = Interpolate::NearestRounding::kFloor;
  // By a whole number of times both rules of coordinates repeat pixels.
  const bool repeats = to[0] >= 1 && to[1] >= 1 && to[0] % from[0] == 0 && to[1] % from[1] == 0;
  if (mode == Interpolate::Mode::kNearest && repeats && !align_corners) return Interpolate{};
  return interpolate;
}

std::int64_t window_count(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t pads) {
  const std::int64_t room = size + pads - (kernel - 1) * dilation - 1;
  return room < 0 ? 0 : room / stride + 1;
}

}  // namespace octet::tensorflow
