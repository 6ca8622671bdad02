#include <algorithm>
#include <numeric>

#include "base/checked_math.h"
#include "graph/op_functions.h"
#include "graph/positions.h"

namespace octet::ops {
namespace {

constexpr std::int64_t kLargestBlock = std::int64_t{1} << 24;  // its square stays within int64

Tensors with_shape_of_output(const Call& call) { return {call.inputs[0].reshaped(call.outputs[0].shape)}; }

}  // namespace

Types infer(const Reshape& op, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(Shape shape, integers(arguments, 1, "the shape"));
  const Shape wanted = shape;
  const auto misfit = [&] { return malformed("data " + to_string(data) + " does not reshape to " + to_string(wanted)); };
  for (std::size_t i = 0; op.special_zero && i < shape.size(); ++i) {
    if (shape[i] != 0) continue;
    if (i >= data.size()) return misfit();
    shape[i] = data[i];
  }
  if (std::count(shape.begin(), shape.end(), -1) > 1) return misfit();
  if (const auto open = std::find(shape.begin(), shape.end(), -1); open != shape.end()) {
    *open = 1;
    const auto known = checked_product(shape);
    if (!known || *known == 0 || element_count(data) % *known != 0) return misfit();
    *open = element_count(data) / *known;
  }
  if (checked_product(shape) != element_count(data)) return misfit();
  return one_output(arguments.element(0), std::move(shape));
}

Types infer(const Transpose&, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(auto order, integers(arguments, 1, "the order"));
  if (order.empty()) return one_output(arguments.element(0), Shape(data.rbegin(), data.rend()));
  Shape identity(data.size());
  std::iota(identity.begin(), identity.end(), 0);
  if (!std::is_permutation(order.begin(), order.end(), identity.begin(), identity.end()))
    return malformed("order " + to_string(order) + " is no permutation of the axes of " + to_string(data));
  Shape result;
  for (const std::int64_t axis : order) result.push_back(data[static_cast<std::size_t>(axis)]);
  return one_output(arguments.element(0), std::move(result));
}

Types infer(const Squeeze&, const Arguments& arguments) {
  const Shape& data = arguments.shape(0);
  Shape result;
  if (arguments.count() == 1) {
    std::copy_if(data.begin(), data.end(), std::back_inserter(result), [](std::int64_t size) { return size != 1; });
    return one_output(arguments.element(0), std::move(result));
  }
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, data.size()));
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool dropped = std::binary_search(axes.begin(), axes.end(), i);
    if (dropped && data[i] != 1) return malformed("axis " + std::to_string(i) + " of " + to_string(data) + " is not 1");
    if (!dropped) result.push_back(data[i]);
  }
  return one_output(arguments.element(0), std::move(result));
}

Types infer(const Unsqueeze&, const Arguments& arguments) {
  Shape result = arguments.shape(0);
  const auto added = static_cast<std::size_t>(element_count(arguments.shape(1)));
  if (added > kMaxRank) return malformed(std::to_string(added) + " new axes");
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, result.size() + added));
  for (const std::size_t axis : axes) result.insert(result.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return one_output(arguments.element(0), std::move(result));
}

Types infer(const ReorgYolo& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  const Shape& data = arguments.shape(0);
  const std::int64_t s = op.stride;
  if (s < 1 || s > kMaxElements || data[1] % (s * s) != 0 || data[2] % s != 0 || data[3] % s != 0)
    return malformed("stride " + std::to_string(s) + " does not divide data " + to_string(data));
  return one_output(arguments.element(0), {data[0], data[1] * (s * s), data[2] / s, data[3] / s});
}

Types infer(const DepthToSpace& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  const Shape& data = arguments.shape(0);
  const std::int64_t s = op.block_size;
  if (s < 1 || s > kLargestBlock || data[1] % (s * s) != 0)
    return malformed("block_size " + std::to_string(s) + " does not divide the channels of " + to_string(data));
  return one_output(arguments.element(0), {data[0], data[1] / (s * s), data[2] * s, data[3] * s});
}

Types infer(const SpaceToDepth& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 0, 4, "data"));
  const Shape& data = arguments.shape(0);
  const std::int64_t s = op.block_size;
  if (s < 1 || s > kLargestBlock || data[2] % s != 0 || data[3] % s != 0)
    return malformed("block_size " + std::to_string(s) + " does not divide " + to_string(data));
  return one_output(arguments.element(0), {data[0], data[1] * (s * s), data[2] / s, data[3] / s});
}

Types infer(const ShapeOf& op, const Arguments& arguments) {
  if (op.type != ElementType::kI64 && op.type != ElementType::kI32) return malformed("output of neither i64 nor i32");
  return one_output(op.type, {static_cast<std::int64_t>(arguments.shape(0).size())});
}

Tensors evaluate(const Reshape&, const Call& call) { return with_shape_of_output(call); }
Tensors evaluate(const Squeeze&, const Call& call) { return with_shape_of_output(call); }
Tensors evaluate(const Unsqueeze&, const Call& call) { return with_shape_of_output(call); }

Tensors evaluate(const Transpose&, const Call& call) {
  const auto order = call.integers(1);
  const auto dense = row_major_strides(call.shape(0));
  auto strides = std::vector<std::int64_t>(dense.rbegin(), dense.rend());
  for (std::size_t i = 0; i < order.size(); ++i) strides[i] = dense[static_cast<std::size_t>(order[i])];
  const Shape& shape = call.outputs[0].shape;
  return {gather_elements(call.inputs[0], shape, strided_positions(shape, strides))};
}

// Darknet's layer reads the data as if it were [N, C/(s*s), H*s, W*s]: output channel c takes the pixels of phase
// c / (C/(s*s)) of channel c % (C/(s*s)), and the values land as [N, C*s*s, H/s, W/s].
Tensors evaluate(const ReorgYolo& op, const Call& call) {
  const Shape& data = call.shape(0);
  const std::int64_t s = op.stride, channels = data[1] / (s * s), height = data[2] * s, width = data[3] * s;
  std::vector<std::int64_t> positions;
  for (std::int64_t n = 0; n < data[0]; ++n)
    for (std::int64_t c = 0; c < data[1]; ++c)
      for (std::int64_t y = 0; y < data[2]; ++y)
        for (std::int64_t x = 0; x < data[3]; ++x) {
          const std::int64_t phase = c / channels, row = y * s + phase / s, column = x * s + phase % s;
          positions.push_back(((n * channels + c % channels) * height + row) * width + column);
        }
  return {gather_elements(call.inputs[0], call.outputs[0].shape, positions)};
}

// The result seen as [N, C, H, block, W, block].
Tensors evaluate(const DepthToSpace& op, const Call& call) {
  const Shape &in = call.shape(0), &out = call.outputs[0].shape;
  const std::int64_t s = op.block_size, plane = in[2] * in[3], channels = out[1];
  const bool blocks_first = op.mode == DepthToSpace::Mode::kBlocksFirst;
  const std::int64_t channel = blocks_first ? plane : s * s * plane, place = blocks_first ? channels * plane : plane;
  const std::vector<std::int64_t> strides{in[1] * plane, channel, in[3], s * place, 1, place};
  return {gather_elements(call.inputs[0], out, strided_positions({in[0], channels, in[2], s, in[3], s}, strides))};
}

// The result seen as [N, C, block, block, H, W], or with the blocks before C.
Tensors evaluate(const SpaceToDepth& op, const Call& call) {
  const Shape &in = call.shape(0), &out = call.outputs[0].shape;
  const std::int64_t s = op.block_size, plane = in[2] * in[3];
  if (op.mode == DepthToSpace::Mode::kDepthFirst) {
    const std::vector<std::int64_t> strides{in[1] * plane, plane, in[3], 1, s * in[3], s};
    return {gather_elements(call.inputs[0], out, strided_positions({in[0], in[1], s, s, out[2], out[3]}, strides))};
  }
  const std::vector<std::int64_t> strides{in[1] * plane, in[3], 1, plane, s * in[3], s};
  return {gather_elements(call.inputs[0], out, strided_positions({in[0], s, s, in[1], out[2], out[3]}, strides))};
}

Tensors evaluate(const ShapeOf& op, const Call& call) {
  return {converted(Tensor::of<std::int64_t>(call.outputs[0].shape, call.shape(0)), op.type)};
}

}  // namespace octet::ops
