// A dense or grouped convolution of floats with constant weights.

#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  const Tensor weights = converted(builder.constants()[node.inputs[1]], ElementType::kF32);
  std::vector<std::shared_ptr<const kernels::Conv2dF32>> groups;
  for (std::int64_t g = 0; g < conv.groups; ++g)
    groups.push_back(kernels::make_conv2d_f32(group_shape(conv), group_of(weights.values<float>(), g, conv.group_outputs * conv.filter()),
                                              group_of(std::span(epilogue.bias), g, conv.group_outputs), epilogue.activation,
                                              builder.isa()));
  FloatResult result(builder, epilogue);
  StepInfo info = convolution_info(builder, id, conv);
  info.kernel = groups[0]->name();
  reserve_scratch<kernels::Conv2dF32>(builder, groups, result.slot());
  builder.add_step(std::move(info), {from}, {result.slot()}, [groups = std::move(groups), from, to = result.slot()](const Workspace& ws) {
    run_groups<float, float>(ws, std::span(groups), from, to,
                             [&](const kernels::Conv2dF32& kernel, auto in, auto out) { kernel.run(in, out, {}, ws.pool()); });
  });
  result.finish(node.name);
}

}  // namespace

MatchResult match_convolution_f32(const MatchContext& context, NodeId id) {
  const auto conv = convolution_geometry(context.graph, context.graph.node(id));
  if (!conv || conv->is_depthwise()) return NoMatch{};
  if (const auto unfit = unfit_convolution(context, id)) return *unfit;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true});
  Match match = match_of(epilogue);
  match.emit = [id, conv = *conv, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, conv, epilogue); };
  return match;
}

}  // namespace octet
