// Functions of floats that are no activations of kernels, and squares written as powers, as the data lie in the graph.

#include "graph/patterns.h"
#include "kernels/tensor/unary.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

std::optional<kernels::Function> function_of(UnaryKind kind) {
  using kernels::Function;
  switch (kind) {
    case UnaryKind::kSqrt:
      return Function::kSqrt;
    case UnaryKind::kAbs:
      return Function::kAbs;
    case UnaryKind::kNegative:
      return Function::kNegative;
    case UnaryKind::kFloor:
      return Function::kFloor;
    case UnaryKind::kCeiling:
      return Function::kCeiling;
    case UnaryKind::kRound:
      return Function::kRound;
    case UnaryKind::kSign:
      return Function::kSign;
    case UnaryKind::kLog:
      return Function::kLog;
    case UnaryKind::kErf:
      return Function::kErf;
    case UnaryKind::kSin:
      return Function::kSin;
    case UnaryKind::kCos:
      return Function::kCos;
    case UnaryKind::kGelu:
      return Function::kGelu;
    case UnaryKind::kGeluTanh:
      return Function::kGeluTanh;
    default:
      return std::nullopt;  // an activation, or no function of floats
  }
}

std::optional<kernels::Function> power_of(const MatchContext& context, const Node& node) {
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || binary->kind != BinaryKind::kPower || !context.constants.is_constant(node.inputs[1])) return std::nullopt;
  if (context.graph.shape(node.inputs[0]) != node.outputs[0].shape) return std::nullopt;
  const auto exponent = uniform_value(context.constants[node.inputs[1]]);
  if (exponent == 2.0) return kernels::Function::kSquare;
  return std::nullopt;
}

}  // namespace

MatchResult match_unary_plain(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* unary = std::get_if<Unary>(&node.op);
  const auto function = unary ? function_of(unary->kind) : power_of(context, node);
  if (!function) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, function = *function](PlanBuilder& builder) {
    const Node& which = builder.graph().node(id);
    const SlotId from = builder.plain(which.inputs[0]), to = builder.natural({id, 0});
    builder.add_step({which.name, std::string(type_name(which.op))}, {from}, {to}, [from, to, function](const Workspace& ws) {
      kernels::unary_f32(function, ws.plain<const float>(from), ws.plain<float>(to), ws.pool());
    });
  };
  return match;
}

}  // namespace octet
