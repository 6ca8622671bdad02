#include "graph/infer.h"

// Sizes of what slides a window over [N,C,H,W]: convolutions and pooling.
namespace octet::infer {
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
  return std::vector<TensorType>{{arguments.element(0), {data[0], outputs, size[0], size[1]}}};
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
  return std::vector<TensorType>{{arguments.element(0), {data[0], data[1], size[0], size[1]}}};
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

}  // namespace octet::infer
