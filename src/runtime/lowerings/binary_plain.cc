// Arithmetic on two tensors of floats that lie as in the graph, broadcast as in NumPy.

#include "kernels/tensor/binary.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

std::optional<kernels::Arithmetic> arithmetic_of(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return kernels::Arithmetic::kAdd;
    case BinaryKind::kSubtract:
      return kernels::Arithmetic::kSubtract;
    case BinaryKind::kMultiply:
      return kernels::Arithmetic::kMultiply;
    case BinaryKind::kDivide:
      return kernels::Arithmetic::kDivide;
    case BinaryKind::kMaximum:
      return kernels::Arithmetic::kMaximum;
    case BinaryKind::kMinimum:
      return kernels::Arithmetic::kMinimum;
    case BinaryKind::kSquaredDifference:
      return kernels::Arithmetic::kSquaredDifference;
    case BinaryKind::kPower:
    case BinaryKind::kMod:
    case BinaryKind::kFloorMod:
      break;
  }
  return std::nullopt;
}

void emit(PlanBuilder& builder, NodeId id, kernels::Arithmetic arithmetic) {
  const Node& node = builder.graph().node(id);
  const SlotId a = builder.plain(node.inputs[0]), b = builder.plain(node.inputs[1]), to = builder.natural({id, 0});
  const Shape& shape = node.outputs[0].shape;
  auto walk = kernels::simplified(kernels::Walk<2>{shape,
                                                   {kernels::broadcast_strides(builder.graph().shape(node.inputs[0]), shape),
                                                    kernels::broadcast_strides(builder.graph().shape(node.inputs[1]), shape)}});
  StepInfo info{node.name, std::string(type_name(node.op))};
  info.passed_over = builder.passed_over(id);
  builder.add_step(std::move(info), {a, b}, {to}, [a, b, to, arithmetic, walk = std::move(walk)](const Workspace& ws) {
    kernels::binary_f32(arithmetic, walk, ws.plain<const float>(a), ws.plain<const float>(b), ws.plain<float>(to), ws.pool());
  });
}

}  // namespace

MatchResult match_binary_plain(const MatchContext& context, NodeId id) {
  const auto* binary = std::get_if<Binary>(&context.graph.node(id).op);
  if (!binary) return NoMatch{};
  const auto arithmetic = arithmetic_of(binary->kind);
  if (!arithmetic) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, arithmetic = *arithmetic](PlanBuilder& builder) { emit(builder, id, arithmetic); };
  return match;
}

}  // namespace octet
