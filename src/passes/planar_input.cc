#include "passes/planar_input.h"

#include "graph/patterns.h"

namespace octet::passes {
namespace {

const std::vector<std::int64_t> kPlanesFromPixels{0, 3, 1, 2};

bool is_step(const Graph& graph, Value value) {
  if (const auto* convert = op_of<Convert>(graph, value)) return convert->type == ElementType::kF32;
  if (!op_of<Transpose>(graph, value)) return false;
  const Tensor* order = graph.constant(graph.node(value).inputs[1]);
  return order && to_vector<std::int64_t>(*order) == kPlanesFromPixels;
}

// The end of the conversions behind the input, or the input itself.
Value end_of_conversions(const Graph& graph, Value input) {
  Value end = input;
  for (auto reader = only_reader(graph, end); reader && is_step(graph, {*reader, 0}); reader = only_reader(graph, end)) end = {*reader, 0};
  return end;
}

// Only what holds bytes exactly may be left out.
bool is_pixels(const TensorType& type) {
  return type.shape.size() == 4 && (type.element == ElementType::kU8 || type.element == ElementType::kF32);
}

// The graph without the nodes from `first` up to `last`, which read nothing but constants and each other; `input` stands for `last`.
Graph with_input(const Graph& graph, NodeId first, NodeId last, Parameter input) {
  Graph result;
  result.name = graph.name;
  result.model_info = graph.model_info;
  std::vector<NodeId> moved(graph.nodes().size());
  moved[index_of(last)] = result.emit(std::move(input), {}, graph.node(first).name).node;
  std::vector<bool> left_out(graph.nodes().size());
  for (Value step{last, 0}; step.node != first; step = graph.node(step).inputs[0]) left_out[index_of(step.node)] = true;
  left_out[index_of(first)] = true;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (left_out[i]) continue;
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back({moved[index_of(value.node)], value.port});
    moved[i] = result.emit(node.op, std::move(inputs), node.name).node;
  }
  result.tidy();
  return result;
}

}  // namespace

bool make_input_planar(Graph& graph) {
  const auto parameters = graph.parameters();
  if (parameters.size() != 1 || !is_pixels(graph.type({parameters[0], 0}))) return false;
  const Value end = end_of_conversions(graph, {parameters[0], 0});
  const TensorType& type = graph.type(end);
  if (end.node == parameters[0] || type.element != ElementType::kF32 || type.shape.size() != 4 || type.shape[1] != 3) return false;
  graph = with_input(graph, parameters[0], end.node, Parameter{type.element, type.shape});
  return true;
}

}  // namespace octet::passes
