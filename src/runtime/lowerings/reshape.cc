// Reshape, Squeeze and Unsqueeze: the bytes of the input with another shape, copied only where the two cannot share memory.

#include <algorithm>

#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]);
  if (builder.offset_in({id, 0}, node.inputs[0])) return;
  const SlotId to = builder.natural({id, 0});
  builder.add_step({node.name, "copy"}, {from}, {to},
                   [from, to](const Workspace& ws) { std::ranges::copy(ws.plain_bytes(from), ws.plain_bytes(to).begin()); });
}

}  // namespace

MatchResult match_reshape(const MatchContext& context, NodeId id) {
  const Op& op = context.graph.node(id).op;
  if (!std::holds_alternative<Reshape>(op) && !std::holds_alternative<Squeeze>(op) && !std::holds_alternative<Unsqueeze>(op))
    return NoMatch{};
  Match match;
  match.results = {{{id, 0}, {}}};
  match.sharing.kind = Sharing::Kind::kBytesOfInput;
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
