// The sum or the product of two images of one size, in floats; one of them may be a constant.

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

void emit(PlanBuilder& builder, NodeId id, bool add, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const SlotId a = builder.image_f32(node.inputs[0]), b = builder.image_f32(node.inputs[1]);
  FloatResult result(builder, epilogue);
  const SlotId to = result.slot();
  StepInfo info{node.name, add ? "add" : "multiply"};
  info.passed_over = builder.passed_over(id);
  builder.add_step(std::move(info), {a, b}, {to},
                   [a, b, to, add, activation = epilogue.activation, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.images(to); ++n)
                       (add ? kernels::add_f32 : kernels::multiply_f32)(ws.image<const float>(a, n), ws.image<const float>(b, n),
                                                                        ws.image<float>(to, n), activation, isa, ws.pool());
                   },
                   {kSameRow, kSameRow});
  result.finish(node.name);
}

}  // namespace

MatchResult match_binary_images(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || (binary->kind != BinaryKind::kAdd && binary->kind != BinaryKind::kMultiply)) return NoMatch{};
  const Value a = node.inputs[0], b = node.inputs[1];
  const bool constant_a = context.constants.is_constant(a), constant_b = context.constants.is_constant(b);
  const auto unfit = unfit_for_kernels(context, id);
  const bool differ = context.graph.shape(a) != context.graph.shape(b);
  if ((unfit || differ) && (constant_a || constant_b)) return NoMatch{};  // the lowering of affine maps has said why
  if (unfit) return *unfit;
  if (differ)
    return NoMatch{"the inputs " + to_string(context.graph.shape(a)) + " and " + to_string(context.graph.shape(b)) + " differ in shape"};
  const bool images = (constant_a || context.forms.is_image(a)) && (constant_b || context.forms.is_image(b));
  if (!images) return NoMatch{"an input lies as planes, not as an image"};
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {});
  Match match = match_of(epilogue);
  match.emit = [id, add = binary->kind == BinaryKind::kAdd, epilogue = std::move(epilogue)](PlanBuilder& builder) {
    emit(builder, id, add, epilogue);
  };
  return match;
}

}  // namespace octet
