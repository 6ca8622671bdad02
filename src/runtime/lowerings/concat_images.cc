// A Concat of images along their channels. Inputs that were written into their place need nothing; the others are copied,
// in the form that the result has: bytes where all inputs have one quantization, else floats.

#include <algorithm>

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const std::vector<std::int64_t>& offsets) {
  const Node& node = builder.graph().node(id);
  const SlotId to = builder.natural({id, 0});
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (builder.offset_in(node.inputs[i], {id, 0}) == offsets[i]) continue;
    add_image_step(
        builder, {node.name, "concat"}, node.inputs[i], to,
        [channel = offsets[i]](auto in, auto out, ThreadPool& pool) {
          kernels::copy_image(in, channels_of(out, channel, in.channels), pool);
        },
        kSameRow);
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
