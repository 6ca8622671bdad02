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
  std::vector<NodeId> moved;
  for (const Node& node : graph.nodes()) {
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back({moved[index_of(value.node)], value.port});
    moved.push_back(result.emit(widened(node.op), std::move(inputs), node.name).node);
  }
  return result;
}

}  // namespace octet::openvino_ir
