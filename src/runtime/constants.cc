#include "runtime/constants.h"

#include <algorithm>
#include <optional>

#include "graph/evaluate.h"

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

std::optional<IntegerWeights> integer_weights(const Graph& graph, const Constants& constants, Value value, bool grouped) {
  const auto* multiply = std::get_if<Binary>(&graph.node(value).op);
  if (!multiply || multiply->kind != BinaryKind::kMultiply) return std::nullopt;
  const Value convert = graph.node(value).inputs[0], scale = graph.node(value).inputs[1];
  if (!std::holds_alternative<Convert>(graph.node(convert).op) || !constants.is_constant(scale)) return std::nullopt;
  const Tensor* weights = graph.constant(graph.node(convert).inputs[0]);
  if (!weights || weights->type() != ElementType::kI8 || weights->shape() != graph.shape(value)) return std::nullopt;

  const std::size_t channel_axes = grouped ? 2 : 1;
  std::int64_t channels = 1;
  for (std::size_t axis = 0; axis < channel_axes; ++axis) channels *= weights->shape()[axis];
  const Shape& scale_shape = graph.shape(scale);
  auto scales = to_vector<float>(constants[scale]);
  if (scales.size() == 1) {
    scales.assign(static_cast<std::size_t>(channels), scales[0]);
  } else {
    // One scale for each output channel and nothing finer.
    if (scale_shape.size() != weights->shape().size() || static_cast<std::int64_t>(scales.size()) != channels) return std::nullopt;
    for (std::size_t axis = channel_axes; axis < scale_shape.size(); ++axis)
      if (scale_shape[axis] != 1) return std::nullopt;
  }
  return IntegerWeights{*weights, std::move(scales)};
}

}  // namespace octet
