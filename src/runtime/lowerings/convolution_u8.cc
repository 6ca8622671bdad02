// A dense or grouped convolution of bytes: data quantized with one scale, and integer weights.

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

void emit(PlanBuilder& builder, NodeId id, const Found& found) {
  const auto& [conv, weights, epilogue] = found;
  const SlotId from = builder.natural(builder.graph().node(id).inputs[0]), to = builder.natural(epilogue.result);
  const QuantParams& in = *builder.slot(from).quant;
  std::vector<double> sum_scale;
  for (const float scale : weights.scale) sum_scale.push_back(static_cast<double>(scale) * static_cast<double>(in.scale[0]));
  const kernels::Requantization requantization = make_requantization(sum_scale, epilogue);
  std::vector<std::shared_ptr<const kernels::Conv2dU8>> groups;
  for (std::int64_t g = 0; g < conv.groups; ++g)
    groups.push_back(
        kernels::make_conv2d_u8(group_shape(conv), group_of(weights.weights.values<std::int8_t>(), g, conv.group_outputs * conv.filter()),
                                in.zero_point[0], requantization_of_group(requantization, g, conv.group_outputs), builder.isa()));
  add_u8_step(builder, convolution_info(builder, id, conv), std::move(groups), from, to);
}

}  // namespace

MatchResult match_convolution_u8(const MatchContext& context, NodeId id) {
  const auto conv = convolution_geometry(context.graph, context.graph.node(id));
  if (!conv || conv->is_depthwise() || unfit_convolution(context, id)) return NoMatch{};
  auto [weights, reason] = integer_convolution(context, id, *conv);
  if (!weights) return reason;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true});
  Match match = match_of(epilogue);
  match.emit = [id, found = Found{*conv, std::move(*weights), std::move(epilogue)}](PlanBuilder& builder) { emit(builder, id, found); };
  return match;
}

}  // namespace octet
