#include "importers/finish_import.h"

#include <algorithm>

namespace octet {
namespace {

// The graph with its integers and halves as floats, which is what heads read.
Graph with_float_outputs(const Graph& graph) {
  Graph result;
  result.name = graph.name;
  std::vector<NodeId> moved;
  for (const Node& node : graph.nodes()) {
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back({moved[index_of(value.node)], value.port});
    if (std::holds_alternative<Output>(node.op) && result.type(inputs[0]).element != ElementType::kF32)
      inputs[0] = result.emit(Convert{ElementType::kF32}, inputs, node.name + "/f32");
    moved.push_back(result.emit(node.op, std::move(inputs), node.name).node);
  }
  return result;
}

// The file for the finished graph.
Result<OriginalFile> finished(Result<OriginalFile> original, const passes::InputSteps& steps) {
  if (!original.ok()) return original;
  OCTET_RETURN_IF_ERROR(passes::require_planar_input(original->before));
  OCTET_RETURN_IF_ERROR(passes::add_input_steps(original->before, steps));
  original->after = with_float_outputs(original->after);
  return original;
}

}  // namespace

Result<ImportedModel> finish_import(Graph graph, SourceFacts facts, Result<OriginalFile> original) {
  passes::fold_constants(graph);
  facts.takes_bytes |= std::ranges::any_of(graph.parameters(), [&](NodeId id) { return graph.type({id, 0}).element == ElementType::kU8; });
  OCTET_RETURN_IF_ERROR(passes::require_planar_input(graph));
  graph = with_float_outputs(graph);
  OCTET_ASSIGN(Recognition found, recognise(graph, facts));
  OCTET_RETURN_IF_ERROR(passes::add_input_steps(graph, found.input));
  ImportedModel model{std::move(graph), std::move(found.description)};
  model.original = finished(std::move(original), found.input);
  model.input_steps = std::move(found.input);
  model.reasons = std::move(found.reasons);
  return model;
}

}  // namespace octet
