#include "runtime/constants.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet {

Constants::Constants(const Graph& graph) : graph_(graph) {
  constant_.reserve(graph.nodes().size());
  for (const Node& node : graph.nodes()) {
    const bool leaf = std::holds_alternative<Constant>(node.op) || std::holds_alternative<ShapeOf>(node.op);
    const bool folded = !node.inputs.empty() && !std::holds_alternative<Output>(node.op) &&
                        std::all_of(node.inputs.begin(), node.inputs.end(), [&](Value input) { return is_constant(input); });
    constant_.push_back(leaf || folded);
  }
}

const Tensor* Constants::known(Value value) const {
  if (const Tensor* stored = graph_.constant(value)) return stored;
  const auto found = computed_.find(value);
  return found == computed_.end() ? nullptr : &found->second;
}

// With a stack of its own: a file may hold a chain of any length.
const Tensor& Constants::operator[](Value wanted) const {
  OCTET_CHECK(is_constant(wanted), "a value that depends on an input");
  std::vector<Value> open{wanted};
  while (!open.empty()) {
    const Value value = open.back();
    const std::size_t before = open.size();
    if (known(value) == nullptr && !std::holds_alternative<ShapeOf>(graph_.node(value).op))
      for (const Value input : graph_.node(value).inputs)
        if (known(input) == nullptr) open.push_back(input);
    if (open.size() != before) continue;
    if (known(value) == nullptr) compute(value);
    open.pop_back();
  }
  return *known(wanted);
}

// The inputs of the node must be known.
void Constants::compute(Value value) const {
  const Node& node = graph_.node(value);
  if (std::holds_alternative<ShapeOf>(node.op)) {
    const Shape& shape = graph_.shape(node.inputs[0]);
    computed_[value] = converted(Tensor::of<std::int64_t>({static_cast<std::int64_t>(shape.size())}, shape), node.outputs[0].element);
    return;
  }
  std::vector<Tensor> inputs;
  for (const Value input : node.inputs) inputs.push_back(*known(input));
  auto outputs = evaluate(node.op, inputs, node.outputs);
  for (std::uint32_t port = 0; port < outputs.size(); ++port) computed_[{value.node, port}] = std::move(outputs[port]);
}

namespace {

// Integers as a file stores them, and what makes real numbers of them.
struct StoredIntegers {
  const Tensor* integers;
  const Tensor* scale;
  const Tensor* zero_point;  // null: 0
};

// The other input of a Binary of that kind whose second one is constant.
std::optional<Value> other_input(const Graph& graph, const Constants& constants, Value value, BinaryKind kind) {
  if (!is_binary(graph, value, kind) || !constants.is_constant(graph.node(value).inputs[1])) return std::nullopt;
  return graph.node(value).inputs[0];
}

// Constant i8 or u8 -> Convert -> [Subtract] -> Multiply, of one shape throughout.
std::optional<StoredIntegers> stored_integers(const Graph& graph, const Constants& constants, Value value) {
  const auto centred = other_input(graph, constants, value, BinaryKind::kMultiply);
  if (!centred) return std::nullopt;
  const auto shifted = other_input(graph, constants, *centred, BinaryKind::kSubtract);
  const Value convert = shifted.value_or(*centred);
  if (!op_of<Convert>(graph, convert)) return std::nullopt;
  const Tensor* integers = graph.constant(graph.node(convert).inputs[0]);
  if (!integers || integers->size() == 0 || integers->shape() != graph.shape(value)) return std::nullopt;
  if (integers->type() != ElementType::kI8 && integers->type() != ElementType::kU8) return std::nullopt;
  return StoredIntegers{integers, &constants[graph.node(value).inputs[1]], shifted ? &constants[graph.node(*centred).inputs[1]] : nullptr};
}

// One number for each channel, which axes [first, last) of `data` count, out of a constant that is broadcast to it; nothing for a
// constant that varies otherwise.
std::optional<std::vector<double>> of_channels(const Tensor& constant, const Shape& data, std::size_t first, std::size_t last) {
  std::int64_t channels = 1;
  for (std::size_t axis = first; axis < last; ++axis) channels *= data[axis];
  auto values = to_vector<double>(constant);
  if (values.size() == 1) return std::vector<double>(static_cast<std::size_t>(channels), values[0]);
  Shape shape(data.size() - std::min(data.size(), constant.shape().size()), 1);
  shape.insert(shape.end(), constant.shape().begin(), constant.shape().end());
  for (std::size_t axis = 0; axis < data.size(); ++axis)
    if (shape[axis] != (axis >= first && axis < last ? data[axis] : 1)) return std::nullopt;
  return values;
}

bool are_of_type(const std::vector<double>& zero_points, ElementType type) {
  const auto [least, most] = type == ElementType::kU8 ? std::pair{0.0, 255.0} : std::pair{-128.0, 127.0};
  return std::ranges::all_of(zero_points, [&](double zero) { return zero >= least && zero <= most && zero == std::trunc(zero); });
}

// Channel after channel, each less its zero point, of integers of which those of a channel lie `together` or those of all take turns.
template <typename T>
std::vector<std::int16_t> centred(std::span<const T> integers, const std::vector<double>& zero_points, bool together) {
  const std::size_t channels = zero_points.size(), of_each = integers.size() / channels, step = together ? 1 : channels;
  std::vector<std::int16_t> weights(integers.size());
  auto to = weights.begin();
  for (std::size_t c = 0; c < channels; ++c) {
    const int zero_point = static_cast<int>(zero_points[c]);
    const T* from = integers.data() + (together ? c * of_each : c);
    for (std::size_t i = 0; i < of_each; ++i) *to++ = static_cast<std::int16_t>(from[i * step] - zero_point);
  }
  return weights;
}

// The axes [first, last) of the stored tensor count the channels; they are the first axes, or the last where channels do not lie together.
std::optional<IntegerWeights> weights_of(const StoredIntegers& stored, std::size_t first, std::size_t last, bool together) {
  const Tensor& integers = *stored.integers;
  const auto scales = of_channels(*stored.scale, integers.shape(), first, last);
  const auto zero_points = of_channels(stored.zero_point ? *stored.zero_point : Tensor::scalar(0.0f), integers.shape(), first, last);
  if (!scales || !zero_points || !are_of_type(*zero_points, integers.type())) return std::nullopt;
  return IntegerWeights{integers.type() == ElementType::kI8 ? centred(integers.values<std::int8_t>(), *zero_points, together)
                                                            : centred(integers.values<std::uint8_t>(), *zero_points, together),
                        {scales->begin(), scales->end()}};
}

// The number of axes, from the first on, that count so many channels.
std::optional<std::size_t> axes_of_channels(const Shape& shape, std::int64_t channels) {
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    count *= shape[axis];
    const bool further_ones = axis + 1 < shape.size() && shape[axis + 1] == 1 && channels == 1;
    if (count == channels && !further_ones) return axis + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<IntegerWeights> integer_weights(const Graph& graph, const Constants& constants, Value value, std::int64_t channels) {
  if (op_of<Reshape>(graph, value)) value = graph.node(value).inputs[0];
  const auto stored = stored_integers(graph, constants, value);
  if (!stored) return std::nullopt;
  const auto axes = axes_of_channels(stored->integers->shape(), channels);
  return axes ? weights_of(*stored, 0, *axes, true) : std::nullopt;
}

std::optional<IntegerWeights> integer_matrix(const Graph& graph, const Constants& constants, Value value, bool transposed) {
  const auto stored = stored_integers(graph, constants, value);
  if (!stored) return std::nullopt;
  const Shape& shape = stored->integers->shape();
  const std::size_t axes = shape.size();
  if (axes < 2 || shape[axes - 1] * shape[axes - 2] != stored->integers->size()) return std::nullopt;
  return transposed ? weights_of(*stored, axes - 2, axes - 1, true) : weights_of(*stored, axes - 1, axes, false);
}

}  // namespace octet
