// The mean over a window, in floats. A change of layout comes before it where the data are planar.

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

void activate_pixels(const kernels::Activation& activation, const kernels::ImageView<float>& image, Isa isa) {
  if (activation.kind == kernels::Activation::Kind::kNone) return;
  for (std::int64_t i = 0; i < image.pixels(); ++i) {
    const std::span<float> pixel(image.data + i * image.pixel_stride, static_cast<std::size_t>(image.channels));
    kernels::activate(activation, pixel, pixel, isa);
  }
}

void emit(PlanBuilder& builder, NodeId id, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  FloatResult result(builder, epilogue);
  add_image_step<float, float>(builder, {node.name, "average pool"}, from, result.slot(),
                               [shape = pool_shape(std::get<AvgPool>(node.op)), activation = epilogue.activation, isa = builder.isa()](
                                   auto in, auto out, ThreadPool& pool) {
                                 kernels::avg_pool_f32(shape, in, out, isa, pool);
                                 activate_pixels(activation, out, isa);
                               });
  result.finish(node.name);
}

}  // namespace

MatchResult match_avg_pool(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<AvgPool>(context.graph.node(id).op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {});
  Match match = match_of(epilogue);
  match.emit = [id, epilogue = std::move(epilogue)](PlanBuilder& builder) { emit(builder, id, epilogue); };
  return match;
}

}  // namespace octet
