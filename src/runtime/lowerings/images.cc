#include "runtime/lowerings/images.h"

#include <algorithm>
#include <vector>

#include "kernels/quantize/quantize.h"

namespace octet {

std::optional<NoMatch> unfit_for_kernels(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  std::vector<TensorType> types = node.outputs;
  types.push_back(context.graph.type(node.inputs[0]));
  for (const TensorType& type : types) {
    if (type.element != ElementType::kF32) return NoMatch{"kernels compute in f32, not in " + std::string(name_of(type.element))};
    if (element_count(type.shape) == 0) return NoMatch{"there are no elements in " + to_string(type.shape)};
  }
  return std::nullopt;
}

Match match_of(const Epilogue& epilogue) {
  Match match;
  match.results = {{epilogue.result, {epilogue.quant ? Format::kImageU8 : Format::kImageF32, epilogue.quant}}};
  match.absorbed = epilogue.absorbed;
  for (const Value value : epilogue.same_as_result) match.same.emplace_back(value, epilogue.result);
  return match;
}

Match match_like_input(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  QuantParamsPtr quant = context.forms.quant(node.inputs[0]);
  if (quant && quant->per_channel()) quant = nullptr;
  const Form form{quant ? Format::kImageU8 : Format::kImageF32, quant};
  Match match;
  for (std::uint32_t port = 0; port < node.outputs.size(); ++port) match.results.push_back({{id, port}, form});
  return match;
}

namespace {

// What is read times `scale`, and moved by whole `steps`; both one a channel, or empty.
void add_scaled_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name, std::span<const float> scale,
                              std::span<const std::int16_t> steps) {
  const QuantParams& quant = *builder.slot(to).quant;
  std::vector<float> step = quant.scale;
  std::vector<std::int16_t> zero_point(quant.zero_point.begin(), quant.zero_point.end());
  if (!scale.empty() || !steps.empty()) {
    step.clear();
    zero_point.clear();
    for (std::size_t c = 0; c < std::max(scale.size(), steps.size()); ++c) {
      step.push_back(scale.empty() ? quant.scale_of(c) : quant.scale_of(c) / scale[c]);
      zero_point.push_back(static_cast<std::int16_t>(quant.zero_point_of(c) + (steps.empty() ? 0 : steps[c])));
    }
  }
  add_image_step<float, std::uint8_t>(
      builder, {name, "quantize"}, from, to,
      [step = std::move(step), zero_point = std::move(zero_point), isa = builder.isa()](auto in, auto out, ThreadPool& pool) {
        kernels::quantize_u8(in, step, zero_point, out, isa, pool);
      },
      kSameRow);
}

}  // namespace

void add_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name) {
  add_scaled_quantize_step(builder, from, to, name, {}, {});
}

namespace {

// Values in a row are pixels of one channel.
template <typename T>
kernels::ImageView<T> row_of(std::span<T> values) {
  return {values.data(), 1, static_cast<std::int64_t>(values.size()), 1, 1};
}

}  // namespace

void add_plain_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name) {
  const QuantParamsPtr quant = builder.slot(to).quant;
  builder.add_step({name, "quantize"}, {from}, {to}, [from, to, quant, isa = builder.isa()](const Workspace& ws) {
    const std::int16_t zero_point = quant->zero_point[0];
    kernels::quantize_u8(row_of(ws.plain<const float>(from)), quant->scale, {&zero_point, 1}, row_of(ws.plain<std::uint8_t>(to)), isa,
                         ws.pool());
  });
}

void add_dequantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name) {
  const QuantParamsPtr quant = builder.slot(from).quant;
  builder.add_step({name, "dequantize"}, {from}, {to}, [from, to, quant, isa = builder.isa()](const Workspace& ws) {
    kernels::dequantize_u8(row_of(ws.plain<const std::uint8_t>(from)), quant->scale, quant->zero_point, row_of(ws.plain<float>(to)), isa,
                           ws.pool());
  });
}

FloatResult::FloatResult(PlanBuilder& builder, const Epilogue& epilogue)
    : builder_(builder), final_(builder.natural(epilogue.result)), scale_(epilogue.scale), steps_(epilogue.steps) {
  const Slot& last = builder.slot(final_);
  float_ = last.format == Format::kImageU8 ? builder.make_slot(Format::kImageF32, last.type) : final_;
}

void FloatResult::finish(const std::string& name) {
  if (float_ != final_) add_scaled_quantize_step(builder_, float_, final_, name, scale_, steps_);
}

}  // namespace octet
