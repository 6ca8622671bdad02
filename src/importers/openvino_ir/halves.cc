#include "importers/openvino_ir/halves.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace octet::openvino_ir {
namespace {

ElementType widened(ElementType type) { return type == ElementType::kF16 ? ElementType::kF32 : type; }

Op widened(Op op) {
  if (auto* parameter = std::get_if<Parameter>(&op)) parameter->type = widened(parameter->type);
  if (auto* convert = std::get_if<Convert>(&op)) convert->type = widened(convert->type);
  if (auto* range = std::get_if<Range>(&op)) range->type = widened(range->type);
  if (auto* constant = std::get_if<Constant>(&op); constant && constant->value.type() == ElementType::kF16)
    constant->value = converted(constant->value, ElementType::kF32);
  return op;
}

// A conversion between what have become two floats.
bool converts_nothing(const Op& op, const TensorType& from) {
  const auto* convert = std::get_if<Convert>(&op);
  return convert && convert->type == from.element;
}

bool has_halves(const Graph& graph) {
  const auto is_half = [](const TensorType& type) { return type.element == ElementType::kF16; };
  return std::ranges::any_of(graph.nodes(), [&](const Node& node) { return std::ranges::any_of(node.outputs, is_half); });
}

}  // namespace

Graph with_floats_for_halves(Graph graph) {
  if (!has_halves(graph)) return graph;
  Graph result;
  result.name = graph.name;
  result.model_info = graph.model_info;
  std::vector<std::vector<Value>> moved;  // of each node its outputs
  for (const Node& node : graph.nodes()) {
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back(moved[index_of(value.node)][value.port]);
    Op op = widened(node.op);
    if (!inputs.empty() && converts_nothing(op, result.type(inputs[0]))) {
      moved.push_back({inputs[0]});
      continue;
    }
    const NodeId made = result.emit(std::move(op), std::move(inputs), node.name).node;
    moved.emplace_back();
    for (std::uint32_t port = 0; port < result.node(made).outputs.size(); ++port) moved.back().push_back({made, port});
  }
  return result;
}

}  // namespace octet::openvino_ir
