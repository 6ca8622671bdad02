// A Transpose of [N,H,W,C], which lies as in the graph, to [N,C,H,W]: its bytes are those of an image.

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]), to = builder.natural({id, 0});
  builder.add_step({node.name, "copy"}, {from}, {to}, [from, to](const Workspace& ws) {
    const Slot& out = ws.slot(to);
    const std::int64_t image = out.channels() * out.height() * out.width();
    for (std::int64_t n = 0; n < out.batch(); ++n) {
      const float* data = ws.plain<const float>(from).data() + n * image;
      kernels::copy_image<float>({data, out.height(), out.width(), out.channels(), out.channels()}, ws.image<float>(to, n), ws.pool());
    }
  });
}

}  // namespace

MatchResult match_transpose_to_image(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<Transpose>(node.op) || context.forms.is_image(node.inputs[0]) || unfit_for_kernels(context, id))
    return NoMatch{};
  if (to_vector<std::int64_t>(context.constants[node.inputs[1]]) != std::vector<std::int64_t>{0, 3, 1, 2}) return NoMatch{};
  Match match;
  match.results = {{{id, 0}, {Format::kImageF32, nullptr}}};
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
