// The reference evaluation, for whatever no other lowering takes. It allocates its results while it runs.

#include <algorithm>

#include "graph/evaluate.h"
#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

// A tensor over memory of the plan; it must not outlive the step.
Tensor borrowed(const Workspace& ws, SlotId id) {
  return Tensor(ws.slot(id).type.element, ws.slot(id).type.shape, ws.plain_bytes(id), nullptr);
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  std::vector<SlotId> from, to;
  for (const Value input : node.inputs) from.push_back(builder.plain(input));
  for (std::uint32_t port = 0; port < node.outputs.size(); ++port) to.push_back(builder.natural({id, port}));
  const std::string type(type_name(node.op));
  StepInfo info{node.name, type, "reference"};
  info.passed_over = builder.passed_over(id).empty() ? "there is no kernel for " + type : builder.passed_over(id);
  builder.add_step(std::move(info), from, to, [from, to, op = node.op, types = node.outputs](const Workspace& ws) {
    std::vector<Tensor> inputs;
    for (const SlotId input : from) inputs.push_back(borrowed(ws, input));
    const auto outputs = evaluate(op, inputs, types);
    for (std::size_t i = 0; i < to.size(); ++i) std::ranges::copy(outputs[i].bytes(), ws.plain_bytes(to[i]).begin());
  });
}

}  // namespace

MatchResult match_reference(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  Match match;
  for (std::uint32_t port = 0; port < node.outputs.size(); ++port) match.results.push_back({{id, port}, {}});
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
