// A convolution of bytes with integer weights: dense or grouped, where the data are quantized with one scale, or depthwise, where each
// channel may have its own. One of single pixels with float results adds them to an image of floats, where a sum follows, and makes bytes
// of them for what reads such: so a sum of residual blocks stays in floats, and only what a convolution reads of it is rounded.

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

kernels::Requantization requantization_for(const Found& found, const QuantParams& in) {
  std::vector<double> sum_scale;
  for (std::size_t c = 0; c < found.weights.scale.size(); ++c)
    sum_scale.push_back(static_cast<double>(found.weights.scale[c]) * static_cast<double>(in.scale_of(c)));
  return make_requantization(sum_scale, found.epilogue);
}

GroupKernels<kernels::ConvolutionU8> kernels_for(const Found& found, const QuantParams& in, const Isa& isa, std::int64_t out_pixels) {
  const auto& [conv, integers, epilogue] = found;
  const std::span<const std::int16_t> weights(integers.weights);
  std::vector<std::uint8_t> zero_point;
  for (std::size_t c = 0; c < integers.scale.size(); ++c) zero_point.push_back(in.zero_point_of(c));
  const kernels::Requantization requantization = requantization_for(found, in);
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

// What becomes of the float results of a convolution.
struct Uses {
  std::optional<Value> addend;
  std::optional<Value> sums;
  QuantizedCopies bytes;
  std::vector<NodeId> absorbed;
};

// Nothing where the results are written as they are.
std::optional<Uses> uses_of_floats(const MatchContext& context, const ConvolutionGeometry& conv, const Epilogue& epilogue) {
  if (epilogue.quant || conv.groups != 1 || conv.kernel != Spatial{1, 1}) return std::nullopt;
  Uses uses;
  Value result = epilogue.result;
  if (const auto sum = sum_behind(context, result)) {
    uses.addend = sum->addend;
    uses.absorbed.push_back(sum->node);
    result = {sum->node, 0};
  }
  const Epilogue behind = context.fusion.epilogue(result, {.activation = false});
  uses.bytes = context.fusion.quantized_copies(result);
  if (!behind.quant || !uses.bytes.quant) uses.sums = result;
  for (const Value copy : uses.bytes.values) uses.absorbed.push_back(copy.node);
  return uses.addend || uses.bytes.quant ? std::optional(std::move(uses)) : std::nullopt;
}

void emit_uses(PlanBuilder& builder, NodeId id, const Found& found, const Uses& uses) {
  const SlotId from = builder.natural(builder.graph().node(id).inputs[0]);
  std::vector<SlotId> reads{from}, writes;
  if (uses.addend) reads.push_back(builder.image_f32(*uses.addend));
  if (uses.sums) writes.push_back(builder.natural(*uses.sums));
  if (uses.bytes.quant) writes.push_back(builder.natural(uses.bytes.values[0]));
  const QuantParams& in = *builder.slot(from).quant;
  const std::shared_ptr<const kernels::SummingConvolutionU8> kernel = kernels::make_summing_conv2d_u8(
      group_shape(found.conv), found.weights.weights, in.zero_point_of(0), requantization_for(found, in), builder.isa());
  builder.need_scratch(kernel->scratch_bytes(builder.slot(writes[0]).height() * builder.slot(writes[0]).width()));
  StepInfo info = convolution_info(builder, id, found.conv, kernel->name());
  info.integer = true;
  std::vector<RowWindow> windows(reads.size(), kSameRow);
  windows[0] = window_of(found.conv);
  const auto run = [kernel, reads, writes, sums = uses.sums.has_value(), quant = uses.bytes.quant](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.images(writes[0]); ++n) {
      kernels::FloatResults results;
      if (reads.size() > 1) results.addend = ws.image<const float>(reads[1], n);
      if (sums) results.sums = ws.image<float>(writes[0], n);
      if (quant) {
        results.bytes = ws.image<std::uint8_t>(writes.back(), n);
        results.inv_scale = 1 / quant->scale[0];
        results.zero_point = quant->zero_point[0];
      }
      kernel->run(ws.image<const std::uint8_t>(reads[0], n), results, ws.pool());
    }
  };
  builder.add_step(std::move(info), reads, writes, run, std::move(windows));
}

Match match_uses(NodeId id, Found found, Uses uses) {
  Match match;
  if (uses.sums) match.results.push_back({*uses.sums, {Format::kImageF32, nullptr}});
  if (uses.bytes.quant) match.results.push_back({uses.bytes.values[0], {Format::kImageU8, uses.bytes.quant}});
  for (std::size_t i = 1; i < uses.bytes.values.size(); ++i) match.same.emplace_back(uses.bytes.values[i], uses.bytes.values[0]);
  match.absorbed = found.epilogue.absorbed;
  match.absorbed.insert(match.absorbed.end(), uses.absorbed.begin(), uses.absorbed.end());
  match.emit = [id, found = std::move(found), uses = std::move(uses)](PlanBuilder& builder) { emit_uses(builder, id, found, uses); };
  return match;
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
  if (auto uses = uses_of_floats(context, *conv, epilogue))
    return match_uses(id, {*conv, std::move(*weights), std::move(epilogue)}, std::move(*uses));
  Match match = match_of(epilogue);
  match.emit = [id, found = Found{*conv, std::move(*weights), std::move(epilogue)}](PlanBuilder& builder) { emit(builder, id, found); };
  return match;
}

}  // namespace octet
