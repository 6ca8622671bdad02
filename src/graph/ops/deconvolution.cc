#include "graph/op_functions.h"

// Transposed convolutions.
namespace octet::ops {
namespace {

constexpr std::int64_t kGreatestAttribute = std::int64_t{1} << 24;  // as for other windows

Status expect_within(const Spatial& pair, std::int64_t least, std::string_view what) {
  for (const std::int64_t value : pair)
    if (value < least || value > kGreatestAttribute) return malformed(std::string(what) + " " + std::to_string(value));
  return {};
}

// `weights` is [C,O,kh,kw] of one group.
template <typename Op>
Types infer_backprop(const Op& op, const Arguments& arguments, std::int64_t groups, const Shape& weights) {
  const Shape& data = arguments.shape(0);
  OCTET_RETURN_IF_ERROR(expect_within(op.strides, 1, "a stride of"));
  OCTET_RETURN_IF_ERROR(expect_within(op.dilations, 1, "a dilation of"));
  OCTET_RETURN_IF_ERROR(expect_within(op.pads.begin, 0, "padding of"));
  OCTET_RETURN_IF_ERROR(expect_within(op.pads.end, 0, "padding of"));
  OCTET_RETURN_IF_ERROR(expect_within(op.output_padding, 0, "output_padding of"));
  OCTET_RETURN_IF_ERROR(expect_within({weights[2], weights[3]}, 1, "a kernel of"));
  if (data[1] != groups * weights[0])
    return malformed("weights " + to_string(arguments.shape(1)) + " expect " + std::to_string(groups * weights[0]) +
                     " channels, data has " + std::to_string(data[1]));
  Shape result{data[0], groups * weights[1]};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t extent = (weights[2 + axis] - 1) * op.dilations[axis] + 1;
    const std::int64_t size = op.strides[axis] * (data[2 + axis] - 1) + extent - op.pads.begin[axis] - op.pads.end[axis];
    if (data[2 + axis] < 1 || size < 1) return malformed("nothing is left of data " + to_string(data) + " between the pads");
    if (op.output_padding[axis] >= std::max(op.strides[axis], op.dilations[axis]))
      return malformed("output_padding of " + std::to_string(op.output_padding[axis]) + " is a stride or more");
    result.push_back(size + op.output_padding[axis]);
  }
  return one_output(arguments.element(0), std::move(result));
}

// plane += value * kernel, its corner at (top, left), which may lie outside.
template <typename Op>
void stamp(const Op& op, double value, const double* kernel, const Spatial& kernel_size, std::int64_t top, std::int64_t left,
           std::int64_t height, std::int64_t width, double* plane) {
  for (std::int64_t ky = 0; ky < kernel_size[0]; ++ky) {
    const std::int64_t y = top + ky * op.dilations[0];
    if (y < 0 || y >= height) continue;
    for (std::int64_t kx = 0; kx < kernel_size[1]; ++kx) {
      const std::int64_t x = left + kx * op.dilations[1];
      if (x >= 0 && x < width) plane[y * width + x] += value * kernel[ky * kernel_size[1] + kx];
    }
  }
}

template <typename Op>
Tensors backprop(const Op& op, const Call& call, std::int64_t groups, const Shape& weights) {
  const Shape &in = call.shape(0), &out = call.outputs[0].shape;
  const auto data = call.reals(0), kernels = call.reals(1);
  const std::int64_t inputs = weights[0], outputs = weights[1];  // of one group
  const Spatial kernel_size{weights[2], weights[3]};
  std::vector<double> result(static_cast<std::size_t>(element_count(out)), 0.0);
  for (std::int64_t n = 0; n < in[0]; ++n)
    for (std::int64_t c = 0; c < groups * inputs; ++c)
      for (std::int64_t o = 0; o < outputs; ++o) {
        const double* channel = data.data() + (n * in[1] + c) * in[2] * in[3];
        const double* kernel = kernels.data() + (c * outputs + o) * kernel_size[0] * kernel_size[1];
        double* plane = result.data() + (n * out[1] + c / inputs * outputs + o) * out[2] * out[3];
        for (std::int64_t y = 0; y < in[2]; ++y)
          for (std::int64_t x = 0; x < in[3]; ++x)
            stamp(op, channel[y * in[3] + x], kernel, kernel_size, y * op.strides[0] - op.pads.begin[0],
                  x * op.strides[1] - op.pads.begin[1], out[2], out[3], plane);
      }
  return {rounded<double>(call.outputs[0], result)};
}

Shape of_one_group(const Shape& weights) { return {weights.begin() + 1, weights.end()}; }

}  // namespace

Types infer(const ConvolutionBackpropData& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 4, "weights"));
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "convolution"));
  return infer_backprop(op, arguments, 1, arguments.shape(1));
}

Types infer(const GroupConvolutionBackpropData& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 5, "weights"));
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "convolution"));
  return infer_backprop(op, arguments, arguments.shape(1)[0], of_one_group(arguments.shape(1)));
}

Tensors evaluate(const ConvolutionBackpropData& op, const Call& call) { return backprop(op, call, 1, call.shape(1)); }

Tensors evaluate(const GroupConvolutionBackpropData& op, const Call& call) {
  return backprop(op, call, call.shape(1)[0], of_one_group(call.shape(1)));
}

}  // namespace octet::ops
