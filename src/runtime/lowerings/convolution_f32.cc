// A convolution of floats with constant weights: dense, grouped or depthwise. A dense one adds an image to its results where a sum follows.

#include "runtime/constants.h"
#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"
#include "runtime/requantization.h"

namespace octet {
namespace {

// What a file keeps as integers is widened here and let go of: all weights of a model in floats are much memory.
Tensor float_weights(const PlanBuilder& builder, const Node& node, const ConvolutionGeometry& conv) {
  const Value value = node.inputs[1];
  const auto stored = builder.graph().type(value).element == ElementType::kF32
                          ? integer_weights(builder.graph(), builder.constants(), value, conv.outputs())
                          : std::nullopt;
  if (!stored) return converted(builder.constants()[value], ElementType::kF32);
  Tensor weights(ElementType::kF32, builder.graph().shape(value));
  const auto to = weights.mutable_values<float>();
  const auto of_output = static_cast<std::size_t>(conv.filter());
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<float>(stored->weights[i]) * stored->scale[i / of_output];
  return weights;
}

GroupKernels<kernels::ConvolutionF32> kernels_for(const PlanBuilder& builder, const ConvolutionGeometry& conv,
                                                  std::span<const float> weights, const Epilogue& epilogue, std::int64_t out_pixels) {
  if (conv.is_depthwise())
    return {kernels::make_depthwise2d_f32(depthwise_shape(conv), weights, epilogue.bias, epilogue.activation, builder.isa())};
  GroupKernels<kernels::ConvolutionF32> groups;
  for (std::int64_t g = 0; g < conv.groups; ++g)
    groups.push_back(float_convolution(builder, group_shape(conv), group_of(weights, g, conv.group_outputs * conv.filter()),
                                       group_of(std::span(epilogue.bias), g, conv.group_outputs), epilogue.activation, out_pixels));
  return groups;
}

// Of a depthwise convolution that makes bytes itself; nothing for any other.
std::shared_ptr<const kernels::QuantizingDepthwise2d> kernel_to_bytes(const PlanBuilder& builder, const ConvolutionGeometry& conv,
                                                                      std::span<const float> weights, const Epilogue& epilogue) {
  if (!conv.is_depthwise() || !epilogue.quant) return nullptr;
  const std::vector<double> ones(static_cast<std::size_t>(conv.outputs()), 1.0);
  return kernels::make_quantizing_depthwise2d(depthwise_shape(conv), weights, make_requantization(ones, epilogue), builder.isa());
}

void emit(PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  const Tensor weights = float_weights(builder, node, conv);
  if (const auto kernel = kernel_to_bytes(builder, conv, weights.values<float>(), epilogue))
    return add_image_step<float, std::uint8_t>(
        builder, convolution_info(builder, id, conv, kernel->name()), from, builder.natural(epilogue.result),
        [kernel](auto in, auto out, ThreadPool& pool) { kernel->run(in, out, pool); }, window_of(conv));
  const std::int64_t out_pixels = node.outputs[0].shape[2] * node.outputs[0].shape[3];
  auto groups = kernels_for(builder, conv, weights.values<float>(), epilogue, out_pixels);
  StepInfo info = convolution_info(builder, id, conv, groups[0]->name());
  info.bf16 = groups[0]->factors() == kernels::Factors::kBf16;
  FloatResult result(builder, epilogue);
  add_convolution_step<float, float>(builder, std::move(info), conv, std::move(groups), from, result.slot());
  result.finish(node.name);
}

struct Sum {
  Value addend;
  Epilogue epilogue;  // of the convolution and the sum
};

std::optional<Sum> sum_of(const MatchContext& context, const ConvolutionGeometry& conv, const Epilogue& epilogue) {
  if (conv.groups != 1 || conv.is_depthwise() || epilogue.quant) return std::nullopt;
  const auto sum = sum_behind(context, epilogue.result);
  if (!sum) return std::nullopt;
  Epilogue both = context.fusion.epilogue({sum->node, 0}, {.activation = false, .scale = true});
  both.bias = epilogue.bias;
  both.activation = epilogue.activation;
  both.absorbed.push_back(sum->node);
  both.absorbed.insert(both.absorbed.end(), epilogue.absorbed.begin(), epilogue.absorbed.end());
  return Sum{sum->addend, std::move(both)};
}

void emit_sum(PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, const Sum& sum) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]), addend = builder.image_f32(sum.addend);
  const Tensor weights = float_weights(builder, node, conv);
  FloatResult result(builder, sum.epilogue);
  const SlotId to = result.slot();
  const std::int64_t out_pixels = builder.slot(to).height() * builder.slot(to).width();
  const std::shared_ptr<const kernels::SummingConvolutionF32> kernel =
      float_convolution(builder, group_shape(conv), weights.values<float>(), sum.epilogue.bias, sum.epilogue.activation, out_pixels);
  builder.need_scratch(kernel->scratch_bytes(out_pixels));
  StepInfo info = convolution_info(builder, id, conv, kernel->name());
  info.bf16 = kernel->factors() == kernels::Factors::kBf16;
  const auto run = [kernel, from, addend, to](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.images(to); ++n)
      kernel->run(ws.image<const float>(from, n), ws.image<const float>(addend, n), ws.image<float>(to, n), ws.pool());
  };
  builder.add_step(std::move(info), {from, addend}, {to}, run,
                   kernel->takes_rows() ? std::vector{window_of(conv), kSameRow} : std::vector<RowWindow>());
  result.finish(node.name);
}

}  // namespace

MatchResult match_convolution_f32(const MatchContext& context, NodeId id) {
  const auto conv = convolution_geometry(context.graph, context.graph.node(id));
  if (!conv) return NoMatch{};
  if (const auto unfit = unfit_convolution(context, id)) return *unfit;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {true, true, true});
  if (auto sum = sum_of(context, *conv, epilogue)) {
    Match match = match_of(sum->epilogue);
    match.emit = [id, conv = *conv, sum = *std::move(sum)](PlanBuilder& builder) { emit_sum(builder, id, conv, sum); };
    return match;
  }
  Match match = match_of(epilogue);
  match.emit = [id, conv = *conv, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, conv, epilogue); };
  return match;
}

}  // namespace octet
