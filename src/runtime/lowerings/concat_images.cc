// A Concat of images along their channels. Inputs that were written into their place need nothing; the others are copied,
// in the form that the result has: bytes where all inputs have one quantization, else floats.

#include <algorithm>

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void add_copy(PlanBuilder& builder, const std::string& name, SlotId from, SlotId to, std::int64_t channel) {
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  const std::int64_t count = builder.slot(from).channels();
  builder.add_step({name, "concat", "", u8}, {from}, {to}, [from, to, u8, channel, count](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
      if (u8)
        kernels::copy_u8(ws.image<const std::uint8_t>(from, n), channels_of(ws.image<std::uint8_t>(to, n), channel, count), ws.pool());
      else
        kernels::copy_f32(ws.image<const float>(from, n), channels_of(ws.image<float>(to, n), channel, count), ws.pool());
    }
  });
}

void emit(PlanBuilder& builder, NodeId id, const std::vector<std::int64_t>& offsets) {
  const Node& node = builder.graph().node(id);
  const SlotId to = builder.natural({id, 0});
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Placement* placed = builder.placement(node.inputs[i]);
    if (placed && placed->base == Value{id, 0} && placed->element_offset == offsets[i]) continue;
    add_copy(builder, node.name, u8 ? builder.natural(node.inputs[i]) : builder.image_f32(node.inputs[i]), to, offsets[i]);
  }
}

// The quantization of all inputs, or null.
QuantParamsPtr common_quant(const MatchContext& context, const Node& node) {
  const QuantParamsPtr first = context.forms.quant(node.inputs[0]);
  const bool common = first && !first->per_channel() && std::all_of(node.inputs.begin(), node.inputs.end(), [&](Value input) {
                        const QuantParamsPtr other = context.forms.quant(input);
                        return other && *other == *first;
                      });
  return common ? first : nullptr;
}

}  // namespace

// What does not match is joined as it lies in the graph by the next lowering, so there is no reason to give.
MatchResult match_concat_images(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* concat = std::get_if<Concat>(&node.op);
  if (!concat || node.outputs[0].shape.size() != 4 || (concat->axis != 1 && concat->axis != -3)) return NoMatch{};
  if (unfit_for_kernels(context, id)) return NoMatch{};
  if (std::none_of(node.inputs.begin(), node.inputs.end(), [&](Value v) { return context.forms.is_image(v); })) return NoMatch{};
  std::vector<std::int64_t> offsets;
  std::int64_t channel = 0;
  for (const Value input : node.inputs) {
    offsets.push_back(channel);
    channel += context.graph.shape(input)[1];
  }
  const QuantParamsPtr quant = common_quant(context, node);
  Match match;
  match.results = {{{id, 0}, {quant ? Format::kImageU8 : Format::kImageF32, quant}}};
  match.sharing = {Sharing::Kind::kJoinsChannels, offsets};
  match.emit = [id, offsets = std::move(offsets)](PlanBuilder& builder) { emit(builder, id, offsets); };
  return match;
}

}  // namespace octet
