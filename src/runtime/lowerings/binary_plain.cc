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

// A factor where it lies if that is in runs, else a dense copy.
StridedView operand(PlanBuilder& builder, Value value) {
  StridedView view = builder.view(value);
  if (view.strides.empty() || view.strides.back() == 0 || view.strides.back() == 1) return view;
  return {builder.plain(value), 0, row_major_strides(builder.graph().shape(value))};
}

// How far apart the elements lie that go along with those of the result.
std::vector<std::int64_t> broadcast_strides(const StridedView& view, const Shape& from, const Shape& to) {
  std::vector<std::int64_t> strides(to.size(), 0);
  const std::size_t missing = to.size() - from.size();
  for (std::size_t axis = 0; axis < from.size(); ++axis)
    if (from[axis] != 1) strides[missing + axis] = view.strides[axis];
  return strides;
}

void emit(PlanBuilder& builder, NodeId id, kernels::Arithmetic arithmetic) {
  const Graph& graph = builder.graph();
  const Node& node = graph.node(id);
  const StridedView a = operand(builder, node.inputs[0]), b = operand(builder, node.inputs[1]);
  const SlotId to = builder.natural({id, 0});
  const Shape& shape = node.outputs[0].shape;
  auto walk = kernels::simplified(kernels::Walk<2>{
      shape, {broadcast_strides(a, graph.shape(node.inputs[0]), shape), broadcast_strides(b, graph.shape(node.inputs[1]), shape)}});
  StepInfo info{node.name, std::string(type_name(node.op))};
  info.passed_over = builder.passed_over(id);
  builder.add_step(std::move(info), {a.slot, b.slot}, {to}, [a, b, to, arithmetic, walk = std::move(walk)](const Workspace& ws) {
    const auto from = [&](const StridedView& view) {
      return ws.plain<const float>(view.slot).subspan(static_cast<std::size_t>(view.first));
    };
    kernels::binary_f32(arithmetic, walk, from(a), from(b), ws.plain<float>(to), ws.pool());
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
