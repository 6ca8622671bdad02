// SoftMax, and Reduce over axes that lie together, of floats that lie as in the graph.

#include "kernels/softmax/softmax.h"
#include "kernels/tensor/rows.h"

#include <algorithm>
#include <numeric>

#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

std::int64_t product(std::span<const std::int64_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

// The axes from `first` on, `count` of them, as the middle one.
kernels::RowsOf rows_of(const Shape& shape, std::size_t first, std::size_t count) {
  const std::span<const std::int64_t> sizes(shape);
  return {product(sizes.first(first)), product(sizes.subspan(first, count)), product(sizes.subspan(first + count))};
}

std::size_t axis_of(std::int64_t axis, const Shape& shape) { return static_cast<std::size_t>(axis < 0 ? axis + std::ssize(shape) : axis); }

std::optional<kernels::Reduction> reduction_of(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kMean:
      return kernels::Reduction::kMean;
    case ReduceKind::kSum:
      return kernels::Reduction::kSum;
    case ReduceKind::kMax:
      return kernels::Reduction::kMax;
    case ReduceKind::kMin:
      return kernels::Reduction::kMin;
    case ReduceKind::kL1:
      return kernels::Reduction::kL1;
    case ReduceKind::kL2:
      return kernels::Reduction::kL2;
    case ReduceKind::kProd:
      break;
  }
  return std::nullopt;
}

// Nothing where the axes do not follow each other.
std::optional<kernels::RowsOf> reduced_rows(const MatchContext& context, const Node& node) {
  const Shape& data = context.graph.shape(node.inputs[0]);
  std::vector<std::size_t> axes;
  for (const std::int64_t axis : to_vector<std::int64_t>(context.constants[node.inputs[1]])) axes.push_back(axis_of(axis, data));
  std::sort(axes.begin(), axes.end());
  if (axes.empty() || axes.back() - axes.front() + 1 != axes.size()) return std::nullopt;
  return rows_of(data, axes.front(), axes.size());
}

Match match_of(NodeId id, std::function<void(PlanBuilder&)> emit) {
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = std::move(emit);
  return match;
}

void emit_softmax(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]), to = builder.natural({id, 0});
  const Shape& shape = node.outputs[0].shape;
  const kernels::RowsOf rows = rows_of(shape, axis_of(std::get<SoftMax>(node.op).axis, shape), 1);
  builder.add_step({node.name, "SoftMax"}, {from}, {to}, [from, to, rows, isa = builder.isa()](const Workspace& ws) {
    kernels::softmax_f32(rows, ws.plain<const float>(from), ws.plain<float>(to), isa, ws.pool());
  });
}

void emit_reduce(PlanBuilder& builder, NodeId id, kernels::Reduction reduction, const kernels::RowsOf& rows) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]), to = builder.natural({id, 0});
  builder.add_step({node.name, std::string(type_name(node.op))}, {from}, {to}, [from, to, reduction, rows](const Workspace& ws) {
    kernels::reduce_f32(reduction, rows, ws.plain<const float>(from), ws.plain<float>(to), ws.pool());
  });
}

}  // namespace

MatchResult match_softmax(const MatchContext& context, NodeId id) {
  if (!std::holds_alternative<SoftMax>(context.graph.node(id).op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  return match_of(id, [id](PlanBuilder& builder) { emit_softmax(builder, id); });
}

MatchResult match_reduce(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<Reduce>(&node.op);
  if (!op) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  const auto reduction = reduction_of(op->kind);
  if (!reduction) return NoMatch{"there is no kernel for products"};
  const auto rows = reduced_rows(context, node);
  if (!rows) return NoMatch{"the axes do not follow each other"};
  return match_of(id, [id, reduction = *reduction, rows = *rows](PlanBuilder& builder) { emit_reduce(builder, id, reduction, rows); });
}

}  // namespace octet
