// The mean over a window, or over the whole of each plane, in floats. A change of layout comes before it where the data are planar.

#include "kernels/pool/pool.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

kernels::AvgPoolShape pool_shape(const AvgPool& op) {
  kernels::AvgPoolShape shape;
  static_cast<kernels::PoolShape&>(shape) = {op.kernel[0],     op.kernel[1],    op.strides[0], op.strides[1], 1, 1,
                                             op.pads.begin[0], op.pads.begin[1]};
  shape.pad_bottom = op.pads.end[0];
  shape.pad_right = op.pads.end[1];
  shape.exclude_pad = op.exclude_pad;
  return shape;
}

// Of height and width, both kept as 1; nothing for another operation.
std::optional<AvgPool> pool_of(const MatchContext& context, const Node& node) {
  if (const auto* pool = std::get_if<AvgPool>(&node.op)) return *pool;
  const auto* reduce = std::get_if<Reduce>(&node.op);
  if (!reduce || reduce->kind != ReduceKind::kMean || !reduce->keep_dims || !context.forms.is_image(node.inputs[0])) return std::nullopt;
  const Shape &in = context.graph.shape(node.inputs[0]), &out = node.outputs[0].shape;
  if (in.size() != 4 || out != Shape{in[0], in[1], 1, 1}) return std::nullopt;
  AvgPool whole;
  whole.kernel = {in[2], in[3]};
  return whole;
}

void activate_pixels(const kernels::Activation& activation, const kernels::ImageView<float>& image, Isa isa) {
  if (activation.kind == kernels::Activation::Kind::kNone) return;
  for (std::int64_t i = 0; i < image.pixels(); ++i) {
    const std::span<float> pixel(image.data + i * image.pixel_stride, static_cast<std::size_t>(image.channels));
    kernels::activate(activation, pixel, pixel, isa);
  }
}

void emit(PlanBuilder& builder, NodeId id, const AvgPool& pool, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  FloatResult result(builder, epilogue);
  add_image_step<float, float>(
      builder, {node.name, "average pool"}, from, result.slot(),
      [shape = pool_shape(pool), activation = epilogue.activation, isa = builder.isa()](auto in, auto out, ThreadPool& threads) {
        kernels::avg_pool_f32(shape, in, out, isa, threads);
        activate_pixels(activation, out, isa);
      });
  result.finish(node.name);
}

}  // namespace

MatchResult match_avg_pool(const MatchContext& context, NodeId id) {
  const auto pool = pool_of(context, context.graph.node(id));
  if (!pool) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {});
  Match match = match_of(epilogue);
  match.emit = [id, pool = *pool, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, pool, epilogue); };
  return match;
}

}  // namespace octet
