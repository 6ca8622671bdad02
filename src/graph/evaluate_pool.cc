#include <algorithm>
#include <limits>

#include "graph/evaluate_ops.h"

namespace octet::reference {
namespace {

// Calls visit(channel's data, first row of the window, first column) for every output in order; the window may leave the data.
template <typename Visit>
void for_each_window(const Call& call, const std::vector<double>& data, const Spatial& strides, const Spatial& pads, Visit visit) {
  const Shape &in = call.shape(0), &out = call.outputs[0].shape;
  for (std::int64_t channel = 0; channel < in[0] * in[1]; ++channel)
    for (std::int64_t y = 0; y < out[2]; ++y)
      for (std::int64_t x = 0; x < out[3]; ++x)
        visit(data.data() + channel * in[2] * in[3], y * strides[0] - pads[0], x * strides[1] - pads[1]);
}

}  // namespace

Tensors run(const MaxPool& op, const Call& call) {
  const auto data = call.reals(0);
  const std::int64_t height = call.shape(0)[2], width = call.shape(0)[3];
  std::vector<double> result;
  for_each_window(call, data, op.strides, op.pads.begin, [&](const double* channel, std::int64_t top, std::int64_t left) {
    double best = std::numeric_limits<float>::lowest();
    for (std::int64_t ky = 0; ky < op.kernel[0]; ++ky)
      for (std::int64_t kx = 0; kx < op.kernel[1]; ++kx) {
        const std::int64_t y = top + ky * op.dilations[0], x = left + kx * op.dilations[1];
        if (y >= 0 && y < height && x >= 0 && x < width) best = std::max(best, channel[y * width + x]);
      }
    result.push_back(best);
  });
  return {rounded<double>(call.outputs[0], result)};
}

// Where padding counts, so does only what lies inside the padded data: a window that rounding up lets hang over the end
// is divided by fewer elements.
Tensors run(const AvgPool& op, const Call& call) {
  const auto data = call.reals(0);
  const std::int64_t height = call.shape(0)[2], width = call.shape(0)[3];
  const std::int64_t bottom = height + op.pads.end[0], right = width + op.pads.end[1];
  std::vector<double> result;
  for_each_window(call, data, op.strides, op.pads.begin, [&](const double* channel, std::int64_t top, std::int64_t left) {
    double sum = 0;
    std::int64_t inside = 0;
    const std::int64_t end_y = std::min(top + op.kernel[0], bottom), end_x = std::min(left + op.kernel[1], right);
    for (std::int64_t y = std::max<std::int64_t>(top, 0); y < std::min(end_y, height); ++y)
      for (std::int64_t x = std::max<std::int64_t>(left, 0); x < std::min(end_x, width); ++x, ++inside) sum += channel[y * width + x];
    const std::int64_t count = op.exclude_pad ? inside : std::max<std::int64_t>(end_y - top, 0) * std::max<std::int64_t>(end_x - left, 0);
    result.push_back(count ? sum / static_cast<double>(count) : 0.0);
  });
  return {rounded<double>(call.outputs[0], result)};
}

}  // namespace octet::reference
