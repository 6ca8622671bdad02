// A depthwise convolution of bytes: quantized data, for all channels alike or for each, and integer weights.

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

void emit(PlanBuilder& builder, NodeId id, const Found& found) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.natural(node.inputs[0]), to = builder.natural(found.epilogue.result);
  const QuantParams& in = *builder.slot(from).quant;
  std::vector<double> sum_scale;
  std::vector<std::uint8_t> zero_points;
  for (std::size_t c = 0; c < found.weights.scale.size(); ++c) {
    sum_scale.push_back(static_cast<double>(found.weights.scale[c]) * static_cast<double>(in.scale_of(c)));
    zero_points.push_back(in.zero_point_of(c));
  }
  std::vector<std::shared_ptr<const kernels::Depthwise2dU8>> kernel;
  kernel.push_back(kernels::make_depthwise2d_u8(depthwise_shape(found.conv), found.weights.weights.values<std::int8_t>(), zero_points,
                                                make_requantization(sum_scale, found.epilogue), builder.isa()));
  add_u8_step(builder, convolution_info(builder, id, found.conv), std::move(kernel), from, to);
}

}  // namespace

MatchResult match_depthwise_u8(const MatchContext& context, NodeId id) {
  const auto conv = convolution_geometry(context.graph, context.graph.node(id));
  if (!conv || !conv->is_depthwise() || unfit_convolution(context, id)) return NoMatch{};
  auto [weights, reason] = integer_convolution(context, id, *conv);
  if (!weights) return reason;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true});
  Match match = match_of(epilogue);
  match.emit = [id, found = Found{*conv, std::move(*weights), std::move(epilogue)}](PlanBuilder& builder) { emit(builder, id, found); };
  return match;
}

}  // namespace octet
