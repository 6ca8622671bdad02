// A Transpose of an image to [N,H,W,C], which is how its pixels lie: copied only where the two cannot share memory.

#include "kernels/elementwise/elementwise.h"
#include "runtime/builder.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  if (builder.offset_in({id, 0}, node.inputs[0])) return;
  const SlotId to = builder.natural({id, 0});
  const SlotId from = builder.image_f32(node.inputs[0]);
  builder.add_step({node.name, "copy"}, {from}, {to}, [from, to](const Workspace& ws) {
    const Slot& in = ws.slot(from);
    const std::int64_t image = in.channels() * in.height() * in.width();
    for (std::int64_t n = 0; n < in.batch(); ++n) {
      float* data = ws.plain<float>(to).data() + n * image;
      kernels::copy_image<float>(ws.image<const float>(from, n), {data, in.height(), in.width(), in.channels(), in.channels()}, ws.pool());
    }
  });
}

}  // namespace

MatchResult match_transpose_image(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<Transpose>(node.op)) return NoMatch{};
  if (!context.forms.is_image(node.inputs[0])) return NoMatch{"the data lie as planes, not as an image"};
  const auto order = to_vector<std::int64_t>(context.constants[node.inputs[1]]);
  if (order != std::vector<std::int64_t>{0, 2, 3, 1})
    return NoMatch{"the order " + to_string(order) + " is not that of interleaved channels"};
  Match match;
  match.results = {{{id, 0}, {}}};
  match.sharing.kind = Sharing::Kind::kPixelsOfInput;
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
