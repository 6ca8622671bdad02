#include "passes/match.h"

#include <algorithm>

namespace octet::passes {

bool is_unary(const Graph& graph, Value value, UnaryKind kind) {
  const auto* op = op_of<Unary>(graph, value);
  return op && op->kind == kind;
}

bool is_binary(const Graph& graph, Value value, BinaryKind kind) {
  const auto* op = op_of<Binary>(graph, value);
  return op && op->kind == kind;
}

std::optional<ConstantSide> constant_side(const Graph& graph, Value value) {
  const auto* op = op_of<Binary>(graph, value);
  if (!op) return std::nullopt;
  const auto& inputs = graph.node(value).inputs;
  const Tensor *first = graph.constant(inputs[0]), *second = graph.constant(inputs[1]);
  if ((first == nullptr) == (second == nullptr)) return std::nullopt;
  if (second) return ConstantSide{op->kind, inputs[0], second, false};
  return ConstantSide{op->kind, inputs[1], first, true};
}

std::optional<double> uniform_value(const Tensor& tensor) {
  const auto values = to_vector<double>(tensor);
  if (values.empty() || !std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; })) return std::nullopt;
  return values[0];
}

std::optional<std::vector<double>> channel_values(const Tensor& constant, std::size_t rank, std::int64_t channels) {
  const Shape& shape = constant.shape();
  if (rank < 2 || shape.size() > rank) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t axis = rank - shape.size() + i;
    if (shape[i] != 1 && (axis != 1 || shape[i] != channels)) return std::nullopt;
  }
  auto values = to_vector<double>(constant);
  if (values.size() == 1) values.resize(static_cast<std::size_t>(channels), values[0]);
  return values;
}

std::optional<NodeId> only_reader(const Graph& graph, Value value) {
  if (graph.reader_count(value.node) != 1 || graph.node(value).outputs.size() != 1) return std::nullopt;
  return graph.readers(value.node)[0];
}

Tensor real_constant(ElementType type, Shape shape, const std::vector<double>& values) {
  return converted(Tensor::of<double>(std::move(shape), values), type);
}

Tensor channel_constant(ElementType type, const std::vector<double>& values) {
  return real_constant(type, {1, static_cast<std::int64_t>(values.size()), 1, 1}, values);
}

void replace(Graph& graph, Value old, Value replacement, bool take_name) {
  if (take_name) {
    const std::string name = graph.node(old).name;
    graph.rename(old.node, name + "/replaced");
    graph.rename(replacement.node, name);
  }
  graph.replace_uses(old, replacement);
}

}  // namespace octet::passes
