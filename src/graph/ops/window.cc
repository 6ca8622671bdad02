#include <algorithm>
#include <limits>

#include "graph/op_functions.h"

// What slides a window over [N,C,H,W]: convolutions and pooling.
namespace octet::ops {
namespace {

// Beyond this no stride, dilation or pad is meant seriously, and sums and products stay far from the ends of int64.
constexpr std::int64_t kGreatestAttribute = std::int64_t{1} << 24;

struct Window {
  Spatial kernel, strides, dilations;
  Pads pads;
  Rounding rounding = Rounding::kFloor;
};

std::string to_text(const Spatial& pair) { return "[" + std::to_string(pair[0]) + "," + std::to_string(pair[1]) + "]"; }

Status expect_within(const Spatial& pair, std::int64_t least, std::string_view what) {
  for (const std::int64_t value : pair)
    if (value < least || value > kGreatestAttribute)
      return malformed(std::string(what) + " " + to_text(pair) + " must be from " + std::to_string(least) + " to " +
                       std::to_string(kGreatestAttribute));
  return {};
}

Status expect_valid(const Window& window) {
  OCTET_RETURN_IF_ERROR(expect_within(window.kernel, 1, "kernel"));
  OCTET_RETURN_IF_ERROR(expect_within(window.strides, 1, "strides"));
  OCTET_RETURN_IF_ERROR(expect_within(window.dilations, 1, "dilations"));
  OCTET_RETURN_IF_ERROR(expect_within(window.pads.begin, 0, "padding"));
  return expect_within(window.pads.end, 0, "padding");
}

std::int64_t extent(const Window& window, std::size_t axis) { return (window.kernel[axis] - 1) * window.dilations[axis] + 1; }

Result<Spatial> output_size(const Window& window, const Shape& data) {
  OCTET_RETURN_IF_ERROR(expect_valid(window));
  Spatial size{};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t padded = data[2 + axis] + window.pads.begin[axis] + window.pads.end[axis];
    const std::int64_t free = padded - extent(window, axis);
    if (free < 0)
      return malformed("kernel " + to_text(window.kernel) + " with dilations " + to_text(window.dilations) +
                       " is larger than the padded input of " + to_string(data));
    const std::int64_t stride = window.strides[axis];
    size[axis] = (window.rounding == Rounding::kCeil ? free + stride - 1 : free) / stride + 1;
  }
  return size;
}

Types infer_convolution(const Window& window, const Arguments& arguments, std::int64_t outputs, std::int64_t expected_channels) {
  const Shape& data = arguments.shape(0);
  if (data[1] != expected_channels)
    return malformed("weights " + to_string(arguments.shape(1)) + " expect " + std::to_string(expected_channels) + " channels, data has " +
                     std::to_string(data[1]));
  OCTET_ASSIGN(const Spatial size, output_size(window, data));
  return one_output(arguments.element(0), {data[0], outputs, size[0], size[1]});
}

Types infer_pool(const Window& window, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  OCTET_RETURN_IF_ERROR(expect_numeric(arguments, "pooling"));
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const Spatial size, output_size(window, data));
  for (std::size_t axis = 0; axis < 2; ++axis)
    if (window.pads.begin[axis] >= extent(window, axis) || window.pads.end[axis] >= extent(window, axis))
      return malformed("padding " + to_text(window.pads.begin) + " to " + to_text(window.pads.end) + " holds the whole kernel " +
                       to_text(window.kernel));
  return one_output(arguments.element(0), {data[0], data[1], size[0], size[1]});
}

// Output places along one axis whose window element `offset` (kernel index * dilation - pad) lies inside the data.
struct Reach {
  std::int64_t first, last;  // last is excluded
};

Reach reach(std::int64_t outputs, std::int64_t size, std::int64_t stride, std::int64_t offset) {
  const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const std::int64_t last = size - offset <= 0 ? 0 : (size - offset - 1) / stride + 1;
  return {first, std::min(last, outputs)};
}

struct Geometry {
  std::int64_t height, width, out_height, out_width;
  Spatial kernel, strides, dilations, pads;
};

// plane += one input channel slid over by one kernel.
void accumulate(const Geometry& g, const double* channel, const double* kernel, std::vector<double>& plane) {
  for (std::int64_t ky = 0; ky < g.kernel[0]; ++ky) {
    const std::int64_t offset_y = ky * g.dilations[0] - g.pads[0];
    const Reach rows = reach(g.out_height, g.height, g.strides[0], offset_y);
    for (std::int64_t kx = 0; kx < g.kernel[1]; ++kx) {
      const std::int64_t offset_x = kx * g.dilations[1] - g.pads[1];
      const Reach columns = reach(g.out_width, g.width, g.strides[1], offset_x);
      const double weight = kernel[ky * g.kernel[1] + kx];
      for (std::int64_t y = rows.first; y < rows.last; ++y) {
        const double* row = channel + (y * g.strides[0] + offset_y) * g.width;
        double* out = &plane[static_cast<std::size_t>(y * g.out_width)];
        for (std::int64_t x = columns.first; x < columns.last; ++x) out[x] += weight * row[x * g.strides[1] + offset_x];
      }
    }
  }
}

template <typename Op>
Tensors convolve(const Op& op, const Call& call, std::int64_t groups, const Shape& weights_shape) {
  const Shape &data_shape = call.shape(0), &out_shape = call.outputs[0].shape;
  const auto data = call.reals(0), weights = call.reals(1);
  const std::int64_t outputs = weights_shape[0], inputs = weights_shape[1];  // of one group
  const Geometry g{data_shape[2], data_shape[3], out_shape[2], out_shape[3], {weights_shape[2], weights_shape[3]},
                   op.strides,    op.dilations,  op.pads.begin};
  std::vector<double> result, plane;
  for (std::int64_t n = 0; n < data_shape[0]; ++n) {
    for (std::int64_t o = 0; o < groups * outputs; ++o) {
      plane.assign(static_cast<std::size_t>(g.out_height * g.out_width), 0.0);
      for (std::int64_t i = 0; i < inputs; ++i) {
        const std::int64_t channel = n * data_shape[1] + o / outputs * inputs + i;
        accumulate(g, data.data() + channel * g.height * g.width, weights.data() + (o * inputs + i) * g.kernel[0] * g.kernel[1], plane);
      }
      result.insert(result.end(), plane.begin(), plane.end());
    }
  }
  return {rounded<double>(call.outputs[0], result)};
}

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

Types infer(const Convolution& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 4, "weights"));
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "convolution"));
  const Shape& weights = arguments.shape(1);
  const Window window{{weights[2], weights[3]}, op.strides, op.dilations, op.pads};
  return infer_convolution(window, arguments, weights[0], weights[1]);
}

Types infer(const GroupConvolution& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 5, "weights"));
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "convolution"));
  const Shape& weights = arguments.shape(1);
  const Window window{{weights[3], weights[4]}, op.strides, op.dilations, op.pads};
  return infer_convolution(window, arguments, weights[0] * weights[1], weights[0] * weights[2]);
}

Types infer(const MaxPool& op, const Arguments& arguments) {
  return infer_pool({op.kernel, op.strides, op.dilations, op.pads, op.rounding}, arguments);
}

Types infer(const AvgPool& op, const Arguments& arguments) {
  return infer_pool({op.kernel, op.strides, {1, 1}, op.pads, op.rounding}, arguments);
}

Tensors evaluate(const Convolution& op, const Call& call) { return convolve(op, call, 1, call.shape(1)); }

Tensors evaluate(const GroupConvolution& op, const Call& call) {
  const Shape& weights = call.shape(1);
  return convolve(op, call, weights[0], Shape(weights.begin() + 1, weights.end()));
}

Tensors evaluate(const MaxPool& op, const Call& call) {
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
Tensors evaluate(const AvgPool& op, const Call& call) {
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

}  // namespace octet::ops
