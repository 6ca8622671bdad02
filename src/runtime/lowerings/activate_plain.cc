// An activation on floats that lie as in the graph.

#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const kernels::Activation& activation) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]), to = builder.natural({id, 0});
  builder.add_step({node.name, std::string(type_name(node.op))}, {from}, {to},
                   [from, to, activation, isa = builder.isa()](const Workspace& ws) {
                     const auto in = ws.plain<const float>(from);
                     const auto out = ws.plain<float>(to);
                     constexpr std::int64_t kGrain = 16384;
                     ws.pool().run(static_cast<std::int64_t>(in.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
                       const auto first = static_cast<std::size_t>(begin), count = static_cast<std::size_t>(end - begin);
                       kernels::activate(activation, in.subspan(first, count), out.subspan(first, count), isa);
                     });
                   });
}

}  // namespace

MatchResult match_activate_plain(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto activation = context.fusion.activation_of(id);
  if (!activation) return NoMatch{std::holds_alternative<PRelu>(node.op) ? "there is not one constant slope for all channels" : ""};
  if (node.outputs[0].element != ElementType::kF32)
    return NoMatch{"kernels compute in f32, not in " + std::string(name_of(node.outputs[0].element))};
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, activation = *activation](PlanBuilder& builder) { emit(builder, id, activation); };
  return match;
}

}  // namespace octet
