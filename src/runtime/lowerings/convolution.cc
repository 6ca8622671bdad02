#include "runtime/lowerings/convolution.h"

namespace octet {
namespace {

// Longest sum that is sure to stay within 32 bits: 65,536 products of at most 255 * 128.
constexpr std::int64_t kLongestIntegerSum = 65536;

}  // namespace

kernels::Conv2dShape group_shape(const ConvolutionGeometry& conv) {
  return {conv.group_inputs, conv.group_outputs, conv.kernel[0],    conv.kernel[1],     conv.strides[0],
          conv.strides[1],   conv.dilations[0],  conv.dilations[1], conv.pads.begin[0], conv.pads.begin[1]};
}

kernels::Depthwise2dShape depthwise_shape(const ConvolutionGeometry& conv) {
  return {conv.groups,       conv.kernel[0],    conv.kernel[1],     conv.strides[0],   conv.strides[1],
          conv.dilations[0], conv.dilations[1], conv.pads.begin[0], conv.pads.begin[1]};
}

std::optional<NoMatch> unfit_convolution(const MatchContext& context, NodeId id) {
  if (auto unfit = unfit_for_kernels(context, id)) return unfit;
  if (!context.constants.is_constant(context.graph.node(id).inputs[1])) return NoMatch{"weights are not constant"};
  return std::nullopt;
}

IntegerConvolution integer_convolution(const MatchContext& context, NodeId id, const ConvolutionGeometry& conv) {
  const Node& node = context.graph.node(id);
  const QuantParamsPtr in = context.forms.quant(node.inputs[0]);
  if (!in) return {};
  if (in->per_channel() && !conv.is_depthwise()) return {std::nullopt, {"data have a scale of their own for each channel"}};
  if (conv.filter() > kLongestIntegerSum) return {std::nullopt, {"sums of " + std::to_string(conv.filter()) + " products leave 32 bits"}};
  auto weights = integer_weights(context.graph, context.constants, node.inputs[1], conv.grouped);
  if (!weights) return {std::nullopt, {"weights are not i8 times a scale of each output channel"}};
  return {std::move(weights), {}};
}

StepInfo convolution_info(const PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv) {
  const Node& node = builder.graph().node(id);
  StepInfo info{node.name, conv.is_depthwise() ? "depthwise convolution" : "convolution"};
  info.macs = element_count(node.outputs[0].shape) * conv.filter();
  info.passed_over = builder.passed_over(id);
  return info;
}

}  // namespace octet
