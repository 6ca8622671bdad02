#include "exporters/onnx/quantization.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet::onnx {
namespace {

Value data_of(const Graph& graph, Value value) { return graph.node(value).inputs[0]; }

bool can_be_scale(const Tensor& tensor) {
  return tensor.type() == ElementType::kF32 && tensor.size() > 0 &&
         std::ranges::all_of(tensor.values<float>(), [](float scale) { return std::isfinite(scale) && scale > 0; });
}

// The zero points of a Subtract as integers of `type`; nothing where they are none.
std::optional<Tensor> zero_points(const Tensor& tensor, ElementType type) {
  Tensor rounded = converted(tensor, type);
  if (to_vector<double>(rounded) != to_vector<double>(tensor)) return std::nullopt;
  return rounded;
}

// Repeats a single element to the shape of the scale.
std::optional<Tensor> with_shape(const Tensor& zero, const Shape& shape) {
  if (zero.shape() == shape) return zero;
  if (zero.size() != 1) return std::nullopt;
  Tensor repeated(zero.type(), shape);
  std::ranges::fill(repeated.mutable_bytes(), zero.bytes()[0]);
  return repeated;
}

// What the nodes between a constant and weights say.
struct Storage {
  Tensor integers, scale, zero;
};

std::optional<Storage> storage_of(const Graph& graph, Value value) {
  while (op_of<Reshape>(graph, value)) value = data_of(graph, value);
  const auto multiply = constant_side(graph, value);
  if (!multiply || multiply->kind != BinaryKind::kMultiply || !can_be_scale(*multiply->constant)) return std::nullopt;
  value = multiply->data;
  const Tensor* zero = nullptr;
  if (const auto subtract = constant_side(graph, value);
      subtract && subtract->kind == BinaryKind::kSubtract && !subtract->constant_first()) {
    zero = subtract->constant;
    value = subtract->data;
  }
  const Tensor* integers = op_of<Convert>(graph, value) ? graph.constant(data_of(graph, value)) : nullptr;
  if (!integers || (integers->type() != ElementType::kI8 && integers->type() != ElementType::kU8)) return std::nullopt;
  Storage stored{*integers, *multiply->constant, Tensor()};
  if (!zero || uniform_value(*zero) == 0.0) return stored;
  const auto points = zero_points(*zero, integers->type());
  const auto full = points ? with_shape(*points, stored.scale.shape()) : std::nullopt;
  if (!full) return std::nullopt;
  stored.zero = *full;
  return stored;
}

// The elements of a tensor that is broadcast to `shape` and varies only with the leading axes that `channels` fill.
std::optional<Tensor> by_channel(const Tensor& tensor, const Shape& shape, std::int64_t channels) {
  if (tensor.size() == 1) return tensor.reshaped({});
  if (tensor.size() != channels || tensor.shape().size() != shape.size()) return std::nullopt;
  std::int64_t filled = 1;
  for (std::size_t axis = 0; filled < channels; filled *= shape[axis++])
    if (tensor.shape()[axis] != shape[axis]) return std::nullopt;
  return tensor.reshaped({channels});
}

// The one axis of `shape` that a tensor broadcast to it varies with.
std::optional<std::int64_t> only_axis(const Shape& tensor, const Shape& shape) {
  std::optional<std::int64_t> found;
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const std::size_t axis = shape.size() - tensor.size() + i;
    if (tensor[i] == 1) continue;
    if (found || tensor[i] != shape[axis]) return std::nullopt;
    found = static_cast<std::int64_t>(axis);
  }
  return found;
}

std::optional<StoredWeights> of_convolution(const Storage& stored, const Graph& graph, const Node& node, std::int64_t outputs) {
  const auto scale = by_channel(stored.scale, stored.integers.shape(), outputs);
  if (!scale) return std::nullopt;
  const Tensor zero = stored.zero.size() ? stored.zero.reshaped(scale->shape()) : Tensor();
  return StoredWeights{in_onnx_layout(stored.integers, graph, node), *scale, zero, 0};
}

std::optional<StoredWeights> of_product(const Storage& stored, const Graph& graph, const Node& node) {
  const Shape& shape = stored.integers.shape();
  if (shape != graph.shape(node.inputs[1]) || stored.scale.shape().size() > shape.size()) return std::nullopt;
  StoredWeights weights{in_onnx_layout(stored.integers, graph, node), stored.scale, stored.zero, 0};
  if (stored.scale.size() != 1) {
    const auto axis = only_axis(stored.scale.shape(), shape);
    if (!axis) return std::nullopt;
    const auto rank = static_cast<std::int64_t>(shape.size());
    const bool swapped = std::get<MatMul>(node.op).transpose_b && rank >= 2 && *axis >= rank - 2;
    weights.axis = swapped ? 2 * rank - 3 - *axis : *axis;
  }
  const Shape list = stored.scale.size() == 1 ? Shape{} : Shape{stored.scale.size()};
  weights.scale = stored.scale.reshaped(list);
  if (stored.zero.size()) weights.zero = stored.zero.reshaped(list);
  return weights;
}

// With the last two axes swapped.
Tensor transposed(const Tensor& tensor) {
  Shape shape = tensor.shape();
  std::vector<std::int64_t> order(shape.size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  const Tensor arguments[] = {tensor, Tensor::of({static_cast<std::int64_t>(order.size())}, order)};
  const TensorType type{tensor.type(), shape};
  return evaluate(Transpose{}, arguments, std::span(&type, 1))[0];
}

}  // namespace

std::optional<StoredWeights> stored_weights(const Graph& graph, const Node& node) {
  const auto stored = storage_of(graph, node.inputs[1]);
  if (!stored) return std::nullopt;
  const auto geometry = convolution_geometry(graph, node);
  return geometry ? of_convolution(*stored, graph, node, geometry->outputs()) : of_product(*stored, graph, node);
}

Tensor in_onnx_layout(const Tensor& weights, const Graph& graph, const Node& node) {
  if (const auto geometry = convolution_geometry(graph, node))
    return weights.reshaped({geometry->outputs(), geometry->group_inputs, geometry->kernel[0], geometry->kernel[1]});
  return std::get<MatMul>(node.op).transpose_b && weights.shape().size() >= 2 ? transposed(weights) : weights;
}

}  // namespace octet::onnx
