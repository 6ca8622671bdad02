// A FakeQuantize to 8 bits: the values are bytes from here on. They lie as an image, or for products of matrices in the order of the
// graph.

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

Match match_plain(NodeId id, QuantParamsPtr quant) {
  Match match;
  match.results = {{{id, 0}, {Format::kPlainU8, std::move(quant)}}};
  match.emit = [id](PlanBuilder& builder) {
    const Node& node = builder.graph().node(id);
    add_plain_quantize_step(builder, builder.plain(node.inputs[0]), builder.natural({id, 0}), node.name);
  };
  return match;
}

}  // namespace

MatchResult match_quantize(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<FakeQuantize>(context.graph.node(id).op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  if (context.fusion.is_for_products({id, 0}))
    if (auto quant = context.fusion.plain_quant_of(id); quant.ok()) return match_plain(id, *std::move(quant));
  const auto quant = context.fusion.quant_of(id);
  if (!quant.ok()) return NoMatch{quant.error().message};
  Match match;
  match.results = {{{id, 0}, {Format::kImageU8, *quant}}};
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
