// Per-channel affine maps behind an input of the model, along with the change of its layout; quantized if that comes next.

#include "kernels/quantize/quantize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const AffineChain& chain, const Epilogue& epilogue) {
  const std::string& name = builder.graph().node(id).name;
  const SlotId from = builder.plain(chain.data), to = builder.natural(epilogue.result);
  if (builder.slot(to).format == Format::kImageU8) return add_quantize_input_step(builder, from, to, chain.affine, name);
  const std::int64_t channels = builder.slot(to).channels();
  builder.add_step({name, "scale and shift input"}, {from}, {to},
                   [from, to, scale = one_a_channel(chain.affine.scale, channels), offset = one_a_channel(chain.affine.offset, channels),
                    isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
                       kernels::nhwc_from_nchw(planar_image(ws, from, n), scale, offset, ws.image<float>(to, n), isa, ws.pool());
                   });
}

}  // namespace

MatchResult match_input_image(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<Binary>(context.graph.node(id).op) || unfit_for_kernels(context, id)) return NoMatch{};
  auto chain = context.fusion.affine_chain(id);
  if (!chain || !std::holds_alternative<Parameter>(context.graph.node(chain->data).op)) return NoMatch{};
  Epilogue epilogue = context.fusion.epilogue({chain->last, 0}, {});
  if (epilogue.activation.kind != kernels::Activation::Kind::kNone) return NoMatch{};
  Match match = match_of(epilogue);
  match.absorbed.insert(match.absorbed.end(), chain->absorbed.begin(), chain->absorbed.end());
  match.emit = [id, chain = std::move(*chain), epilogue = std::move(epilogue)](PlanBuilder& builder) {
    emit(builder, id, chain, epilogue);
  };
  return match;
}

}  // namespace octet
