#include "importers/finish_import.h"

#include <algorithm>

#include "importers/anchor_rows.h"

namespace octet {
namespace {

// The graph with something done to each of its outputs: change(graph, value, name of the output) gives what is put out instead.
template <typename Change>
Graph with_outputs(const Graph& graph, Change change) {
  Graph result;
  result.name = graph.name;
  std::vector<NodeId> moved;
  for (const Node& node : graph.nodes()) {
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back({moved[index_of(value.node)], value.port});
    if (std::holds_alternative<Output>(node.op)) inputs[0] = change(result, inputs[0], node.name);
    moved.push_back(result.emit(node.op, std::move(inputs), node.name).node);
  }
  return result;
}

// The graph with its integers and halves as floats, which is what heads read.
Graph with_float_outputs(const Graph& graph) {
  return with_outputs(graph, [](Graph& result, Value value, const std::string& name) {
    return result.type(value).element == ElementType::kF32 ? value : result.emit(Convert{ElementType::kF32}, {value}, name + "/f32");
  });
}

// The graph with maps of anchors as rows, where the head has such.
Graph with_rows_of_anchors(const Graph& graph, const Head& head) {
  const auto* dense = std::get_if<DenseHead>(&head);
  if (!dense || !dense->is_of_anchors()) return graph;
  return with_outputs(graph,
                      [&](Graph& result, Value value, const std::string& name) { return rows_of_anchors(result, value, name, *dense); });
}

// The file for the finished graph.
Result<OriginalFile> finished(Result<OriginalFile> original, const passes::InputSteps& steps, const Head& head) {
  if (!original.ok()) return original;
  OCTET_RETURN_IF_ERROR(passes::require_planar_input(original->before));
  OCTET_RETURN_IF_ERROR(passes::add_input_steps(original->before, steps));
  original->after = with_rows_of_anchors(with_float_outputs(original->after), head);
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
  ImportedModel model{with_rows_of_anchors(graph, found.description.head), std::move(found.description)};
  model.original = finished(std::move(original), found.input, model.description.head);
  model.input_steps = std::move(found.input);
  model.reasons = std::move(found.reasons);
  model.doubt = std::move(found.doubt);
  return model;
}

}  // namespace octet
