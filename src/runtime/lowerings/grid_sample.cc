// GridSample as the decoders of transformers have it: bilinear, with zeros outside.

#include "kernels/tensor/grid_sample.h"

#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {

MatchResult match_grid_sample(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<GridSample>(&node.op);
  if (!op) return NoMatch{};
  if (op->mode != GridSample::Mode::kBilinear || op->padding != GridSample::Padding::kZeros)
    return NoMatch{"it is not bilinear with zeros outside"};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  if (context.graph.type(node.inputs[1]).element != ElementType::kF32) return NoMatch{"the grid is not of f32"};
  const Shape &in = context.graph.shape(node.inputs[0]), &out = node.outputs[0].shape;
  const kernels::GridSampleF32 sample{in[0], in[1], in[2], in[3], out[2] * out[3], op->align_corners};
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, sample](PlanBuilder& builder) {
    const Node& which = builder.graph().node(id);
    const SlotId planes = builder.plain(which.inputs[0]), grid = builder.plain(which.inputs[1]), to = builder.natural({id, 0});
    builder.need_scratch(kernels::grid_sample_f32_scratch_bytes(sample));
    builder.add_step({which.name, "GridSample"}, {planes, grid}, {to}, [=](const Workspace& ws) {
      kernels::grid_sample_f32(sample, ws.plain<const float>(planes), ws.plain<const float>(grid), ws.plain<float>(to), ws.pool());
    });
  };
  return match;
}

}  // namespace octet
