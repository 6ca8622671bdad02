// A result of the model: the value as it lies in the graph, in the tensor that the caller gets.

#include <algorithm>

#include "runtime/lowerings/input_step.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const Value value = node.inputs[0];
  const SlotId to = builder.make_output_slot(builder.graph().type(value));
  const StepInfo info{node.name, "Result"};
  if (builder.forms().is_image(value)) return add_planar_step(builder, info, builder.image_f32(value), to);
  const SlotId from = builder.plain(value);
  builder.add_step(info, {from}, {to},
                   [from, to](const Workspace& ws) { std::ranges::copy(ws.plain_bytes(from), ws.plain_bytes(to).begin()); });
}

}  // namespace

MatchResult match_result(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<Output>(context.graph.node(id).op)) return NoMatch{};
  Match match;
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
