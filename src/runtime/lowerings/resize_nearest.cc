// Nearest resize of an image, of floats or of bytes.

#include "graph/resize.h"
#include "kernels/resize/resize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<Interpolate>(node.op);
  const SlotId to = builder.natural({id, 0});
  const Shape &in = builder.graph().shape(node.inputs[0]), &out = node.outputs[0].shape;
  add_image_step(builder, {node.name, "resize"}, node.inputs[0], to,
                 [rows = nearest_sources(op, in[2], out[2]), columns = nearest_sources(op, in[3], out[3])]<typename T>(
                     kernels::ImageView<const T> from, kernels::ImageView<T> image, ThreadPool& pool) {
                   kernels::gather_pixels(from, rows, columns, image, pool);
                 });
}

}  // namespace

MatchResult match_resize_nearest(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<Interpolate>(&node.op);
  if (!op) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  if (op->mode == Interpolate::Mode::kLinear) return NoMatch{};
  if (op->mode != Interpolate::Mode::kNearest) return NoMatch{"the mode is cubic"};
  if (!context.forms.is_image(node.inputs[0])) return NoMatch{"the data lie as planes, not as an image"};
  Match match = match_like_input(context, id);
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
