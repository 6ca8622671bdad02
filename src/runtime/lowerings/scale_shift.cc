// Per-channel affine maps, one behind the other, as one: adding, subtracting, multiplying by and dividing by constants.

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, const AffineChain& chain, const Epilogue& epilogue) {
  const std::string& name = builder.graph().node(id).name;
  const SlotId from = builder.image_f32(chain.data);
  FloatResult result(builder, epilogue);
  add_image_step<float, float>(
      builder, {name, "scale and shift"}, from, result.slot(),
      [affine = chain.affine.of_channels(builder.slot(from).channels()), activation = epilogue.activation, isa = builder.isa()](
          auto in, auto out, ThreadPool& pool) { kernels::scale_shift_f32(in, affine.scale, affine.offset, out, activation, isa, pool); },
      kSameRow);
  result.finish(name);
}

// Whether the node joins one value of the graph with a constant in a way that could be an affine map.
bool is_meant(const MatchContext& context, const Node& node) {
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary) return false;
  const bool linear = binary->kind == BinaryKind::kAdd || binary->kind == BinaryKind::kSubtract || binary->kind == BinaryKind::kMultiply ||
                      binary->kind == BinaryKind::kDivide;
  return linear && context.constants.is_constant(node.inputs[0]) != context.constants.is_constant(node.inputs[1]);
}

std::string reason_for(const MatchContext& context, const Node& node) {
  const bool first = context.constants.is_constant(node.inputs[0]);
  const Shape &constant = context.graph.shape(node.inputs[first ? 0 : 1]), &data = context.graph.shape(node.inputs[first ? 1 : 0]);
  if (node.outputs[0].shape.size() != 4) return "the data " + to_string(data) + " are not images [N,C,H,W]";
  if (first && std::get<Binary>(node.op).kind == BinaryKind::kDivide) return "the constant is divided by the data";
  return "the constant " + to_string(constant) + " has not one value for each channel of " + to_string(data);
}

}  // namespace

MatchResult match_scale_shift(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!is_meant(context, node)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  auto chain = context.fusion.affine_chain(id);
  if (!chain) return NoMatch{reason_for(context, node)};
  const bool one_for_all = chain->affine.scale.size() == 1 && chain->absorbed.empty();
  if (one_for_all && !context.forms.is_image(chain->data)) return NoMatch{"the data lie as planes, not as an image"};
  Epilogue epilogue = context.fusion.epilogue({chain->last, 0}, {});
  Match match = match_of(epilogue);
  match.absorbed.insert(match.absorbed.end(), chain->absorbed.begin(), chain->absorbed.end());
  match.emit = [id, chain = std::move(*chain), epilogue = std::move(epilogue)](PlanBuilder& builder) {
    emit(builder, id, chain, epilogue);
  };
  return match;
}

}  // namespace octet
