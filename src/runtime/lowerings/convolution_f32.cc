// A convolution of floats with constant weights: dense, grouped or depthwise.

#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

GroupKernels<kernels::ConvolutionF32> kernels_for(const ConvolutionGeometry& conv, std::span<const float> weights, const Epilogue& epilogue,
                                                  const Isa& isa, std::int64_t out_pixels) {
  if (conv.is_depthwise()) return {kernels::make_depthwise2d_f32(depthwise_shape(conv), weights, epilogue.bias, epilogue.activation, isa)};
  GroupKernels<kernels::ConvolutionF32> groups;
  for (std::int64_t g = 0; g < conv.groups; ++g)
    groups.push_back(kernels::make_conv2d_f32(group_shape(conv), group_of(weights, g, conv.group_outputs * conv.filter()),
                                              group_of(std::span(epilogue.bias), g, conv.group_outputs), epilogue.activation, isa,
                                              out_pixels));
  return groups;
}

void emit(PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  const Tensor weights = converted(builder.constants()[node.inputs[1]], ElementType::kF32);
  const std::int64_t out_pixels = node.outputs[0].shape[2] * node.outputs[0].shape[3];
  auto groups = kernels_for(conv, weights.values<float>(), epilogue, builder.isa(), out_pixels);
  StepInfo info = convolution_info(builder, id, conv, groups[0]->name());
  FloatResult result(builder, epilogue);
  add_convolution_step<float, float>(builder, std::move(info), conv, std::move(groups), from, result.slot());
  result.finish(node.name);
}

}  // namespace

MatchResult match_convolution_f32(const MatchContext& context, NodeId id) {
  const auto conv = convolution_geometry(context.graph, context.graph.node(id));
  if (!conv) return NoMatch{};
  if (const auto unfit = unfit_convolution(context, id)) return *unfit;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true});
  Match match = match_of(epilogue);
  match.emit = [id, conv = *conv, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, conv, epilogue); };
  return match;
}

}  // namespace octet
