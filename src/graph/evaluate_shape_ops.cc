#include "graph/evaluate_ops.h"
#include "graph/positions.h"
#include "graph/strided_slice.h"

namespace octet::reference {
namespace {

// Consecutive parts of the first input along an axis, as long as the outputs say.
Tensors split(const Call& call) {
  const Shape& data = call.shape(0);
  const std::size_t axis = axis_of(call.integers(1)[0], data);
  const auto strides = row_major_strides(data);
  Tensors parts;
  std::int64_t first = 0;
  for (const TensorType& part : call.outputs) {
    parts.push_back(gather_elements(call.inputs[0], part.shape, strided_positions(part.shape, strides, first * strides[axis])));
    first += part.shape[axis];
  }
  return parts;
}

Tensors with_shape_of_output(const Call& call) { return {call.inputs[0].reshaped(call.outputs[0].shape)}; }

}  // namespace

Tensors run(const Concat& op, const Call& call) {
  Tensor result(call.outputs[0].element, call.outputs[0].shape);
  std::span<std::byte> to = result.mutable_bytes();
  const std::size_t axis = axis_of(op.axis, result.shape());
  const std::int64_t outer = AxisView(result.shape(), axis).outer;
  for (std::int64_t i = 0; i < outer; ++i)
    for (const Tensor& input : call.inputs) {
      const std::size_t block = input.bytes().size() / static_cast<std::size_t>(outer);
      if (block != 0) std::memcpy(to.data(), input.bytes().data() + static_cast<std::size_t>(i) * block, block);
      to = to.subspan(block);
    }
  return {result};
}

Tensors run(const VariadicSplit&, const Call& call) { return split(call); }
Tensors run(const Split&, const Call& call) { return split(call); }

Tensors run(const StridedSlice& op, const Call& call) {
  const auto steps = call.inputs.size() == 4 ? call.integers(3) : std::vector<std::int64_t>{};
  const SlicePlan plan = plan_slice(op, call.shape(0), call.integers(1), call.integers(2), steps).value();
  auto strides = row_major_strides(call.shape(0));
  Shape counts;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < plan.axes.size(); ++i) {
    counts.push_back(plan.axes[i].count);
    first += plan.axes[i].first * strides[i];
    strides[i] *= plan.axes[i].step;
  }
  return {gather_elements(call.inputs[0], plan.shape, strided_positions(counts, strides, first))};
}

Tensors run(const Reshape&, const Call& call) { return with_shape_of_output(call); }
Tensors run(const Squeeze&, const Call& call) { return with_shape_of_output(call); }
Tensors run(const Unsqueeze&, const Call& call) { return with_shape_of_output(call); }

Tensors run(const Transpose&, const Call& call) {
  const auto order = call.integers(1);
  const auto dense = row_major_strides(call.shape(0));
  auto strides = std::vector<std::int64_t>(dense.rbegin(), dense.rend());
  for (std::size_t i = 0; i < order.size(); ++i) strides[i] = dense[static_cast<std::size_t>(order[i])];
  const Shape& shape = call.outputs[0].shape;
  return {gather_elements(call.inputs[0], shape, strided_positions(shape, strides))};
}

// Darknet's layer reads the data as if it were [N, C/(s*s), H*s, W*s]: output channel c takes the pixels of phase
// c / (C/(s*s)) of channel c % (C/(s*s)), and the values land as [N, C*s*s, H/s, W/s].
Tensors run(const ReorgYolo& op, const Call& call) {
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

Tensors run(const Pad&, const Call& call) {
  const Shape &data = call.shape(0), &out = call.outputs[0].shape;
  const auto begin = call.integers(1), strides = row_major_strides(out);
  std::int64_t first = 0;
  for (std::size_t i = 0; i < begin.size(); ++i) first += begin[i] * strides[i];
  const Tensor value = call.inputs.size() == 4 ? call.inputs[3] : Tensor(call.outputs[0].element, {});
  Tensor result = gather_elements(value, out, std::vector<std::int64_t>(static_cast<std::size_t>(element_count(out)), 0));
  const std::size_t width = size_of(result.type());
  const auto from = call.inputs[0].bytes();
  const auto to = result.mutable_bytes();
  const auto places = strided_positions(data, strides, first);
  for (std::size_t i = 0; i < places.size(); ++i) std::memcpy(&to[static_cast<std::size_t>(places[i]) * width], &from[i * width], width);
  return {result};
}

Tensors run(const ShapeOf& op, const Call& call) {
  return {converted(Tensor::of<std::int64_t>(call.outputs[0].shape, call.shape(0)), op.type)};
}

// An index from -length to length - 1; a computed one outside reads zero.
Tensors run(const Gather&, const Call& call) {
  const auto indices = call.integers(1);
  const AxisView view(call.shape(0), axis_of(call.integers(2)[0], call.shape(0)));
  std::vector<std::int64_t> positions;
  for (std::int64_t outer = 0; outer < view.outer; ++outer)
    for (const std::int64_t index : indices) {
      const bool inside = index >= -view.length && index < view.length;
      const std::int64_t place = index < 0 ? index + view.length : index;
      for (std::int64_t inner = 0; inner < view.inner; ++inner)
        positions.push_back(inside ? (outer * view.length + place) * view.inner + inner : -1);
    }
  return {gather_elements(call.inputs[0], call.outputs[0].shape, positions)};
}

}  // namespace octet::reference
