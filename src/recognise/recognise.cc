#include "recognise/recognise.h"

#include <fmt/format.h>

#include "model/model_info.h"

namespace octet {
namespace {

// "input images [1,3,640,640]; outputs boxes [1,300,4], scores [1,300,80]".
std::string seen_in(const Graph& graph) {
  std::string text = "input ";
  for (const NodeId id : graph.parameters()) text += graph.node(id).name + " " + to_string(graph.shape({id, 0}));
  text += "; outputs ";
  for (const NodeId id : graph.outputs())
    text += fmt::format("{}{} {}", text.ends_with("outputs ") ? "" : ", ", graph.node(id).name,
                        to_string(graph.shape(graph.node(id).inputs[0])));
  return text;
}

}  // namespace

Result<Recognition> recognise(const Graph& graph, const SourceFacts& facts) {
  Recognition found;
  const Shape& picture = graph.shape({graph.parameters().at(0), 0});
  found.description.input = {static_cast<int>(picture[3]), static_cast<int>(picture[2])};
  if (!facts.declared.contains("octet_head"))
    return Error{ErrorCode::kUnsupported, "how its outputs become boxes cannot be recognised (" + seen_in(graph) +
                                              "); declare it by model_info in a description (--model F.yml, docs/model_info.md)"};
  OCTET_RETURN_IF_ERROR(apply_model_info(facts.declared, found.description));
  found.reasons.push_back("the head is declared");
  return found;
}

}  // namespace octet
