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
  add_image_step(builder, {node.name, "max pool"}, node.inputs[0], builder.natural({id, 0}),
                 [shape, isa = builder.isa()](auto in, auto out, ThreadPool& pool) { kernels::max_pool(shape, in, out, isa, pool); });
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
