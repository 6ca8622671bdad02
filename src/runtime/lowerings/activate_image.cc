// An activation that no kernel before it takes along, on an image of floats.

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const kernels::Activation& activation, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  FloatResult result(builder, epilogue);
  const SlotId to = result.slot();
  const std::vector<float> ones(static_cast<std::size_t>(builder.slot(from).channels()), 1.0f), zeros(ones.size(), 0.0f);
  builder.add_step({node.name, "activation"}, {from}, {to}, [from, to, ones, zeros, activation, isa = builder.isa()](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
      kernels::scale_shift_f32(ws.image<const float>(from, n), ones, zeros, ws.image<float>(to, n), activation, isa, ws.pool());
  });
  result.finish(node.name);
}

}  // namespace

// Planar data are left to the next lowering, so there is no reason to give.
MatchResult match_activate_image(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto activation = context.fusion.activation_of(id);
  if (!activation || unfit_for_kernels(context, id) || !context.forms.is_image(node.inputs[0])) return NoMatch{};
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {false, false});
  Match match = match_of(epilogue);
  match.emit = [id, activation = *activation, epilogue = std::move(epilogue)](PlanBuilder& builder) {
    emit(builder, id, activation, epilogue);
  };
  return match;
}

}  // namespace octet
