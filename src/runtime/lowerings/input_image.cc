// Per-channel affine maps behind an input of the model, along with the change of its layout; quantized if that comes next.

#include "runtime/lowerings/images.h"
#include "runtime/lowerings/input_step.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const AffineChain& chain, const Epilogue& epilogue) {
  const SlotId from = builder.plain_or_picture(chain.data), to = builder.natural(epilogue.result);
  const char* operation = builder.slot(to).format == Format::kImageU8 ? "quantize input" : "scale and shift input";
  add_input_step(builder, {builder.graph().node(id).name, operation}, from, to, chain.affine);
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
