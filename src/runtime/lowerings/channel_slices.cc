// A Split, VariadicSplit or StridedSlice that cuts an image along its channels: the results are views, and no work is done.

#include <algorithm>

#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

// The channel where a StridedSlice begins if it keeps whole images of consecutive channels.
std::optional<std::int64_t> first_of_strided_slice(const MatchContext& context, const Node& node, const StridedSlice& slice) {
  const auto any = [](const std::vector<std::int64_t>& mask) {
    return std::any_of(mask.begin(), mask.end(), [](auto m) { return m != 0; });
  };
  if (any(slice.new_axis_mask) || any(slice.shrink_axis_mask) || any(slice.ellipsis_mask)) return std::nullopt;
  const Shape &in = context.graph.shape(node.inputs[0]), &out = node.outputs[0].shape;
  if (in.size() != 4 || in[0] != out[0] || in[2] != out[2] || in[3] != out[3]) return std::nullopt;
  const auto begin = to_vector<std::int64_t>(context.constants[node.inputs[1]]);
  const auto steps =
      node.inputs.size() > 3 ? to_vector<std::int64_t>(context.constants[node.inputs[3]]) : std::vector<std::int64_t>(begin.size(), 1);
  if (begin.size() < 2 || std::any_of(steps.begin(), steps.end(), [](auto s) { return s != 1; })) return std::nullopt;
  const bool ignored = slice.begin_mask.size() > 1 && slice.begin_mask[1] != 0;
  return ignored ? 0 : std::clamp<std::int64_t>(begin[1] < 0 ? begin[1] + in[1] : begin[1], 0, in[1] - out[1]);
}

// First channel of each output of a node that cuts images along the channels; nothing for any other node.
std::optional<std::vector<std::int64_t>> first_channels(const MatchContext& context, const Node& node) {
  if (node.outputs[0].shape.size() != 4) return std::nullopt;
  for (std::size_t i = 1; i < node.inputs.size(); ++i)
    if (!context.constants.is_constant(node.inputs[i])) return std::nullopt;
  if (const auto* slice = std::get_if<StridedSlice>(&node.op)) {
    const auto first = first_of_strided_slice(context, node, *slice);
    return first ? std::optional(std::vector<std::int64_t>{*first}) : std::nullopt;
  }
  const std::int64_t axis = to_vector<std::int64_t>(context.constants[node.inputs[1]])[0];
  if (axis != 1 && axis != -3) return std::nullopt;
  std::vector<std::int64_t> first;
  std::int64_t channel = 0;
  for (const TensorType& output : node.outputs) {
    first.push_back(channel);
    channel += output.shape[1];
  }
  return first;
}

}  // namespace

MatchResult match_channel_slices(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<Split>(node.op) && !std::holds_alternative<VariadicSplit>(node.op) &&
      !std::holds_alternative<StridedSlice>(node.op))
    return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  if (!context.forms.is_image(node.inputs[0])) return NoMatch{"the data lie as planes, not as an image"};
  auto first = first_channels(context, node);
  if (!first) return NoMatch{"it does not cut an image along its channels alone"};
  const QuantParamsPtr quant = context.forms.quant(node.inputs[0]);
  if (quant && quant->per_channel()) return NoMatch{"the data have a scale of their own for each channel"};
  Match match = match_like_input(context, id);
  match.sharing = {Sharing::Kind::kChannelsOfInput, std::move(*first)};
  return match;
}

}  // namespace octet
