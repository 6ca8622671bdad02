// The sum of two quantized images, computed on their bytes.

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"
#include "runtime/requantization.h"

namespace octet {
namespace {

kernels::AddU8 quantized_add(const QuantParams& a, const QuantParams& b, const Epilogue& epilogue) {
  kernels::AddU8 add;
  const QuantParams* out = epilogue.quant.get();
  add.activation = out ? without_implied_limits(epilogue.activation, 1.0f / out->scale[0], out->zero_point[0]) : epilogue.activation;
  const bool fold = out && kernels::is_scalable(add.activation);
  const double unit = fold ? 1.0 / static_cast<double>(out->scale[0]) : 1.0;
  const double scale_a = static_cast<double>(a.scale[0]) * unit, scale_b = static_cast<double>(b.scale[0]) * unit;
  add.a_multiplier = static_cast<float>(scale_a);
  add.b_multiplier = static_cast<float>(scale_b);
  add.offset = static_cast<float>(-scale_a * a.zero_point[0] - scale_b * b.zero_point[0]);
  if (fold) add.activation = kernels::scaled(add.activation, static_cast<float>(unit));
  if (out) add.zero_point = out->zero_point[0];
  if (out && !fold) add.scale = out->scale[0];
  return add;
}

void emit(PlanBuilder& builder, NodeId id, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId a = builder.natural(node.inputs[0]), b = builder.natural(node.inputs[1]), to = builder.natural(epilogue.result);
  const kernels::AddU8 add = quantized_add(*builder.slot(a).quant, *builder.slot(b).quant, epilogue);
  builder.add_step({node.name, "add", "", true}, {a, b}, {to},
                   [add, a, b, to, to_u8 = epilogue.quant != nullptr, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.images(to); ++n) {
                       const auto left = ws.image<const std::uint8_t>(a, n), right = ws.image<const std::uint8_t>(b, n);
                       if (to_u8)
                         kernels::add_u8(add, left, right, ws.image<std::uint8_t>(to, n), isa, ws.pool());
                       else
                         kernels::add_u8(add, left, right, ws.image<float>(to, n), isa, ws.pool());
                     }
                   },
                   {kSameRow, kSameRow});
}

}  // namespace

MatchResult match_add_u8(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || binary->kind != BinaryKind::kAdd || unfit_for_kernels(context, id)) return NoMatch{};
  const QuantParamsPtr a = context.forms.quant(node.inputs[0]), b = context.forms.quant(node.inputs[1]);
  if (!a || !b || context.graph.shape(node.inputs[0]) != context.graph.shape(node.inputs[1])) return NoMatch{};
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {});
  if (a->per_channel() || b->per_channel() || (epilogue.quant && epilogue.quant->per_channel()))
    return NoMatch{"an image has a scale of its own for each channel"};
  Match match = match_of(epilogue);
  match.emit = [id, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, epilogue); };
  return match;
}

}  // namespace octet
