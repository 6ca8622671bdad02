// A depthwise convolution of floats with constant weights.

#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  const Tensor weights = converted(builder.constants()[node.inputs[1]], ElementType::kF32);
  const std::shared_ptr<const kernels::Depthwise2dF32> kernel =
      kernels::make_depthwise2d_f32(depthwise_shape(conv), weights.values<float>(), epilogue.bias, epilogue.activation, builder.isa());
  FloatResult result(builder, epilogue);
  StepInfo info = convolution_info(builder, id, conv);
  info.kernel = kernel->name();
  builder.add_step(std::move(info), {from}, {result.slot()}, [kernel, from, to = result.slot()](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(from).batch(); ++n) kernel->run(ws.image<const float>(from, n), ws.image<float>(to, n), ws.pool());
  });
  result.finish(node.name);
}

}  // namespace

MatchResult match_depthwise_f32(const MatchContext& context, NodeId id) {
  const auto conv = convolution_geometry(context.graph, context.graph.node(id));
  if (!conv || !conv->is_depthwise()) return NoMatch{};
  if (const auto unfit = unfit_convolution(context, id)) return *unfit;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true});
  Match match = match_of(epilogue);
  match.emit = [id, conv = *conv, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, conv, epilogue); };
  return match;
}

}  // namespace octet
