// The greatest value in a window, of floats or of bytes. A change of layout comes before it where the data are planar.

#include "kernels/pool/pool.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<MaxPool>(node.op);
  const kernels::PoolShape shape{op.kernel[0],    op.kernel[1],    op.strides[0],    op.strides[1],
                                 op.dilations[0], op.dilations[1], op.pads.begin[0], op.pads.begin[1]};
  const SlotId to = builder.natural({id, 0});
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  const SlotId from = u8 ? builder.natural(node.inputs[0]) : builder.image_f32(node.inputs[0]);
  builder.add_step({node.name, "max pool", "", u8}, {from}, {to}, [shape, from, to, u8, isa = builder.isa()](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
      if (u8)
        kernels::max_pool_u8(shape, ws.image<const std::uint8_t>(from, n), ws.image<std::uint8_t>(to, n), isa, ws.pool());
      else
        kernels::max_pool_f32(shape, ws.image<const float>(from, n), ws.image<float>(to, n), isa, ws.pool());
    }
  });
}

}  // namespace

MatchResult match_max_pool(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<MaxPool>(context.graph.node(id).op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  Match match = match_like_input(context, id);
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
