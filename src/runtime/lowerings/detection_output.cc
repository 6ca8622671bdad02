// The post-processing of an SSD, in floats.

#include "graph/detection_output.h"
#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

DetectionSizes sizes_of(const Graph& graph, const Node& node) {
  const Shape &codes = graph.shape(node.inputs[0]), &scores = graph.shape(node.inputs[1]), &priors = graph.shape(node.inputs[2]);
  DetectionSizes sizes{codes[0], codes[1] / 4, 0, priors[0] > 1, priors[1] == 2};
  sizes.classes = sizes.priors > 0 ? scores[1] / sizes.priors : 0;
  return sizes;
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  std::vector<SlotId> from;
  for (const Value input : node.inputs) from.push_back(builder.plain(input));
  const SlotId to = builder.natural({id, 0});
  const auto& op = std::get<DetectionOutput>(node.op);
  const DetectionSizes sizes = sizes_of(builder.graph(), node);
  const StateId state = builder.add_state([op, sizes] {
    auto scratch = std::make_shared<DetectionScratch>();
    scratch->reserve(op, sizes);
    return scratch;
  });
  builder.add_step({node.name, "DetectionOutput"}, from, {to}, [from, to, sizes, op, state](const Workspace& ws) {
    detection_output(op, sizes, ws.plain<const float>(from[0]), ws.plain<const float>(from[1]), ws.plain<const float>(from[2]),
                     ws.plain<float>(to), ws.state<DetectionScratch>(state));
  });
}

}  // namespace

MatchResult match_detection_output(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<DetectionOutput>(node.op)) return NoMatch{};
  if (node.outputs[0].element != ElementType::kF32)
    return NoMatch{"kernels compute in f32, not in " + std::string(name_of(node.outputs[0].element))};
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
