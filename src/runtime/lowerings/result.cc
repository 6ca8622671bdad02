// A result of the model: the value as it lies in the graph, in the tensor that the caller gets.

#include <algorithm>

#include "kernels/quantize/quantize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit_from_image(PlanBuilder& builder, const StepInfo& info, SlotId from, SlotId to) {
  builder.add_step(info, {from}, {to}, [from, to, isa = builder.isa()](const Workspace& ws) {
    const auto planar = ws.plain<float>(to);
    const std::size_t image = planar.size() / static_cast<std::size_t>(ws.slot(from).batch());
    for (std::int64_t n = 0; n < ws.slot(from).batch(); ++n)
      kernels::nchw_from_nhwc(ws.image<const float>(from, n), planar.subspan(static_cast<std::size_t>(n) * image, image), isa, ws.pool());
  });
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const Value value = node.inputs[0];
  const SlotId to = builder.make_output_slot(builder.graph().type(value));
  const StepInfo info{node.name, "Result"};
  if (builder.forms().is_image(value)) return emit_from_image(builder, info, builder.image_f32(value), to);
  const SlotId from = builder.plain(value);
  builder.add_step(info, {from}, {to},
                   [from, to](const Workspace& ws) { std::ranges::copy(ws.plain_bytes(from), ws.plain_bytes(to).begin()); });
}

}  // namespace

MatchResult match_result(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<Output>(context.graph.node(id).op)) return NoMatch{};
  Match match;
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
