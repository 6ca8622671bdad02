// A FakeQuantize of an image to 8 bits: the values are bytes from here on.

#include "runtime/lowerings/images.h"
#include "runtime/lowerings/input_step.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const Value data = node.inputs[0];
  const SlotId to = builder.natural({id, 0});
  if (builder.forms().is_image(data)) return add_quantize_step(builder, builder.image_f32(data), to, node.name);
  add_input_step(builder, {node.name, "quantize input"}, builder.plain_or_picture(data), to, {});
}

}  // namespace

MatchResult match_quantize(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<FakeQuantize>(context.graph.node(id).op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  const auto quant = context.fusion.quant_of(id);
  if (!quant.ok()) return NoMatch{quant.error().message};
  Match match;
  match.results = {{{id, 0}, {Format::kImageU8, *quant}}};
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
