// Transpose, Split, VariadicSplit, StridedSlice and Broadcast of a tensor that lies as in the graph: copies with a step an axis.

#include "runtime/lowerings/strided.h"

#include "graph/strided_slice.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

// What one result takes of the data.
struct Part {
  std::vector<std::int64_t> strides;
  std::int64_t first = 0;
  Shape sizes;
};

using Parts = std::vector<Part>;

Parts parts_of_transpose(const Constants& constants, const Node& node, const Shape& data) {
  const auto dense = row_major_strides(data);
  const auto order = to_vector<std::int64_t>(constants[node.inputs[1]]);
  Part part{{dense.rbegin(), dense.rend()}, 0, node.outputs[0].shape};
  for (std::size_t i = 0; i < order.size(); ++i) part.strides[i] = dense[static_cast<std::size_t>(order[i])];
  return {part};
}

Parts parts_of_split(const Constants& constants, const Node& node, const Shape& data) {
  const auto dense = row_major_strides(data);
  std::int64_t axis = to_vector<std::int64_t>(constants[node.inputs[1]])[0];
  if (axis < 0) axis += std::ssize(data);
  Parts parts;
  std::int64_t first = 0;
  for (const TensorType& output : node.outputs) {
    parts.push_back({dense, first * dense[static_cast<std::size_t>(axis)], output.shape});
    first += output.shape[static_cast<std::size_t>(axis)];
  }
  return parts;
}

Parts parts_of_slice(const Constants& constants, const Node& node, const Shape& data) {
  const auto integers = [&](std::size_t input) { return to_vector<std::int64_t>(constants[node.inputs[input]]); };
  const auto steps = node.inputs.size() == 4 ? integers(3) : std::vector<std::int64_t>{};
  const auto plan = plan_slice(std::get<StridedSlice>(node.op), data, integers(1), integers(2), steps);
  if (!plan.ok()) return {};
  Part part{row_major_strides(data), 0, {}};
  for (std::size_t i = 0; i < plan->axes.size(); ++i) {
    part.first += plan->axes[i].first * part.strides[i];
    part.strides[i] *= plan->axes[i].step;
    part.sizes.push_back(plan->axes[i].count);
  }
  return {part};
}

Parts parts_of(const Constants& constants, const Graph& graph, const Node& node) {
  if (node.inputs.empty()) return {};
  const Shape& data = graph.shape(node.inputs[0]);
  if (std::holds_alternative<Transpose>(node.op)) return parts_of_transpose(constants, node, data);
  if (std::holds_alternative<Split>(node.op) || std::holds_alternative<VariadicSplit>(node.op))
    return parts_of_split(constants, node, data);
  if (std::holds_alternative<StridedSlice>(node.op)) return parts_of_slice(constants, node, data);
  if (std::holds_alternative<Broadcast>(node.op))
    return {{kernels::broadcast_strides(data, node.outputs[0].shape), 0, node.outputs[0].shape}};
  return {};
}

void emit(PlanBuilder& builder, NodeId id, const Parts& parts) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]);
  for (std::uint32_t port = 0; port < parts.size(); ++port) {
    const Part& part = parts[port];
    StepInfo info{node.name, std::string(type_name(node.op))};
    info.passed_over = builder.passed_over(id);
    add_strided_step(builder, std::move(info), from, builder.natural({id, port}),
                     strided_copy_of(part.sizes, part.strides, part.first, node.outputs[port].element));
  }
}

}  // namespace

kernels::StridedCopy strided_copy_of(const Shape& sizes, const std::vector<std::int64_t>& strides, std::int64_t first, ElementType type) {
  return {kernels::simplified(kernels::Walk<1>{sizes, {strides}}), first, size_of(type)};
}

void add_strided_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to, kernels::StridedCopy copy) {
  builder.add_step(std::move(info), {from}, {to}, [from, to, copy = std::move(copy)](const Workspace& ws) {
    kernels::strided_copy(copy, ws.plain_bytes(from), ws.plain_bytes(to), ws.pool());
  });
}

MatchResult match_strided(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  Parts parts = parts_of(context.constants, context.graph, node);
  if (parts.empty()) return NoMatch{};
  Match match;
  for (std::uint32_t port = 0; port < parts.size(); ++port) match.results.push_back({{id, port}, {}});
  match.emit = [id, parts = std::move(parts)](PlanBuilder& builder) { emit(builder, id, parts); };
  return match;
}

}  // namespace octet
