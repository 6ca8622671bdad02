#include "runtime/lowerings/convolution.h"

namespace octet {

kernels::Conv2dShape group_shape(const ConvolutionGeometry& conv) {
  return {conv.group_inputs, conv.group_outputs, conv.kernel[0],    conv.kernel[1],     conv.strides[0],
          conv.strides[1],   conv.dilations[0],  conv.dilations[1], conv.pads.begin[0], conv.pads.begin[1]};
}

kernels::Depthwise2dShape depthwise_shape(const ConvolutionGeometry& conv) {
  return {conv.groups,       conv.kernel[0],    conv.kernel[1],     conv.strides[0],   conv.strides[1],
          conv.dilations[0], conv.dilations[1], conv.pads.begin[0], conv.pads.begin[1]};
}

RowWindow window_of(const ConvolutionGeometry& conv) {
  return {(conv.kernel[0] - 1) * conv.dilations[0] + 1, conv.strides[0], conv.pads.begin[0]};
}

std::optional<NoMatch> unfit_convolution(const MatchContext& context, NodeId id) {
  if (auto unfit = unfit_for_kernels(context, id)) return unfit;
  if (!context.constants.is_constant(context.graph.node(id).inputs[1])) return NoMatch{"weights are not constant"};
  return std::nullopt;
}

std::optional<SumBehind> sum_behind(const MatchContext& context, Value value) {
  const auto reader = context.fusion.only_reader(value);
  if (!reader || !is_binary(context.graph, {*reader, 0}, BinaryKind::kAdd)) return std::nullopt;
  const Node& sum = context.graph.node(*reader);
  const Value addend = sum.inputs[sum.inputs[0] == value ? 1 : 0];
  const Shape& shape = sum.outputs[0].shape;
  const bool alike = addend != value && context.graph.shape(value) == shape && context.graph.shape(addend) == shape;
  if (!alike || !context.forms.is_image(addend) || context.forms.quant(addend)) return std::nullopt;
  const auto behind = context.fusion.only_reader({*reader, 0});
  if (behind && context.fusion.activation_of(*behind)) return std::nullopt;
  return SumBehind{*reader, addend};
}

std::unique_ptr<kernels::SummingConvolutionF32> float_convolution(const PlanBuilder& builder, const kernels::Conv2dShape& shape,
                                                                  std::span<const float> weights, std::span<const float> bias,
                                                                  const kernels::Activation& activation, std::int64_t out_pixels) {
  const auto& make = builder.precision() == InferencePrecision::kBf16 ? kernels::make_conv2d_bf16 : kernels::make_conv2d_f32;
  return make(shape, weights, bias, activation, builder.isa(), out_pixels);
}

StepInfo convolution_info(const PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, std::string_view kernel) {
  const Node& node = builder.graph().node(id);
  StepInfo info{node.name, conv.is_depthwise() ? "depthwise convolution" : "convolution", std::string(kernel)};
  info.macs = element_count(node.outputs[0].shape) * conv.filter();
  info.passed_over = builder.passed_over(id);
  return info;
}

}  // namespace octet
