// An activation that no kernel before it takes along, on floats: of an image, or as they lie in the graph.

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

Match match_image(const MatchContext& context, NodeId id, const kernels::Activation& activation) {
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {false, false});
  Match match = match_of(epilogue);
  match.emit = [id, activation, epilogue = std::move(epilogue)](PlanBuilder& builder) {
    const Node& node = builder.graph().node(id);
    const SlotId from = builder.image_f32(node.inputs[0]);
    FloatResult result(builder, epilogue);
    const std::vector<float> ones(static_cast<std::size_t>(builder.slot(from).channels()), 1.0f), zeros(ones.size(), 0.0f);
    add_image_step<float, float>(
        builder, {node.name, "activation"}, from, result.slot(),
        [ones, zeros, activation, isa = builder.isa()](auto in, auto out, ThreadPool& pool) {
          kernels::scale_shift_f32(in, ones, zeros, out, activation, isa, pool);
        },
        kSameRow);
    result.finish(node.name);
  };
  return match;
}

Match match_plain(NodeId id, const kernels::Activation& activation) {
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, activation](PlanBuilder& builder) {
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
  };
  return match;
}

}  // namespace

MatchResult match_activate(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto activation = context.fusion.activation_of(id);
  if (!activation) return NoMatch{std::holds_alternative<PRelu>(node.op) ? "there is not one constant slope for all channels" : ""};
  if (node.outputs[0].element != ElementType::kF32)
    return NoMatch{"kernels compute in f32, not in " + std::string(name_of(node.outputs[0].element))};
  if (context.forms.is_image(node.inputs[0]) && !unfit_for_kernels(context, id)) return match_image(context, id, *activation);
  return match_plain(id, *activation);
}

}  // namespace octet
