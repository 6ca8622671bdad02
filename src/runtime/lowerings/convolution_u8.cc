// A convolution of bytes with integer weights: dense or grouped, where the data are quantized with one scale, or depthwise, where each
// channel may have its own.

#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"
#include "runtime/requantization.h"

namespace octet {
namespace {

struct Found {
  ConvolutionGeometry conv;
  IntegerWeights weights;
  Epilogue epilogue;
};

kernels::Requantization requantization_of_group(const kernels::Requantization& all, std::int64_t group, std::int64_t size) {
  const auto cut = [&](const auto& values) {
    const auto part = group_of(std::span(values), group, size);
    return std::remove_cvref_t<decltype(values)>(part.begin(), part.end());
  };
  return {cut(all.multiplier), cut(all.offset), all.activation, all.to_u8, cut(all.inv_scale), cut(all.zero_point)};
}

GroupKernels<kernels::ConvolutionU8> kernels_for(const Found& found, const QuantParams& in, const Isa& isa, std::int64_t out_pixels) {
  const auto& [conv, integers, epilogue] = found;
  const std::span<const std::int16_t> weights(integers.weights);
  std::vector<double> sum_scale;
  std::vector<std::uint8_t> zero_point;
  for (std::size_t c = 0; c < integers.scale.size(); ++c) {
    sum_scale.push_back(static_cast<double>(integers.scale[c]) * static_cast<double>(in.scale_of(c)));
    zero_point.push_back(in.zero_point_of(c));
  }
  const kernels::Requantization requantization = make_requantization(sum_scale, epilogue);
  if (conv.is_depthwise()) return {kernels::make_depthwise2d_u8(depthwise_shape(conv), weights, zero_point, requantization, isa)};
  GroupKernels<kernels::ConvolutionU8> groups;
  for (std::int64_t g = 0; g < conv.groups; ++g)
    groups.push_back(kernels::make_conv2d_u8(group_shape(conv), group_of(weights, g, conv.group_outputs * conv.filter()), zero_point[0],
                                             requantization_of_group(requantization, g, conv.group_outputs), isa, out_pixels));
  return groups;
}

void emit(PlanBuilder& builder, NodeId id, const Found& found) {
  const SlotId from = builder.natural(builder.graph().node(id).inputs[0]), to = builder.natural(found.epilogue.result);
  auto groups = kernels_for(found, *builder.slot(from).quant, builder.isa(), builder.slot(to).height() * builder.slot(to).width());
  StepInfo info = convolution_info(builder, id, found.conv, groups[0]->name());
  info.integer = true;
  if (builder.slot(to).format == Format::kImageU8)
    add_convolution_step<std::uint8_t, std::uint8_t>(builder, std::move(info), found.conv, std::move(groups), from, to);
  else
    add_convolution_step<std::uint8_t, float>(builder, std::move(info), found.conv, std::move(groups), from, to);
}

}  // namespace

// Gives reasons only where the data are quantized, so that a model in floats has none.
MatchResult match_convolution_u8(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto conv = convolution_geometry(context.graph, node);
  if (!conv || unfit_convolution(context, id)) return NoMatch{};
  const QuantParamsPtr in = context.forms.quant(node.inputs[0]);
  if (!in) return NoMatch{};
  if (in->per_channel() && !conv->is_depthwise()) return NoMatch{"data have a scale of their own for each channel"};
  auto weights = integer_weights(context.graph, context.constants, node.inputs[1], conv->outputs());
  if (!weights) return NoMatch{"weights are not 8-bit integers with a scale and a zero point of each output channel"};
  if (conv->filter() > kernels::longest_integer_sum(weights->weights))
    return NoMatch{"sums of " + std::to_string(conv->filter()) + " products leave 32 bits"};
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true, true});
  Match match = match_of(epilogue);
  match.emit = [id, found = Found{*conv, std::move(*weights), std::move(epilogue)}](PlanBuilder& builder) { emit(builder, id, found); };
  return match;
}

}  // namespace octet
