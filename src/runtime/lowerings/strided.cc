// Transpose, Split, VariadicSplit, StridedSlice, Broadcast, and Gather of elements that lie evenly, of a tensor that lies as in the graph:
// views of its elements with a step an axis, which are copied for readers that cannot take them so.

#include "runtime/lowerings/strided.h"

#include "graph/strided_slice.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

using Strides = std::vector<std::int64_t>;

// What one result takes of the data.
struct Part {
  Strides strides;
  std::int64_t first = 0;
  Shape sizes;
};

// Data whose elements lie `strides` apart, and what the rules below ask besides.
struct Source {
  const Constants& constants;
  const Graph& graph;
  const Node& node;
  const Shape& shape;
  const Strides& strides;

  Strides integers(std::size_t input) const { return to_vector<std::int64_t>(constants[node.inputs[input]]); }
  std::size_t axis(std::size_t input) const {
    const std::int64_t axis = integers(input)[0];
    return static_cast<std::size_t>(axis < 0 ? axis + std::ssize(shape) : axis);
  }
};

using Parts = std::vector<Part>;

Parts parts_of_transpose(const Source& data) {
  const auto order = data.integers(1);
  Part part{{data.strides.rbegin(), data.strides.rend()}, 0, data.node.outputs[0].shape};
  for (std::size_t i = 0; i < order.size(); ++i) part.strides[i] = data.strides[static_cast<std::size_t>(order[i])];
  return {part};
}

Parts parts_of_split(const Source& data) {
  const std::size_t axis = data.axis(1);
  Parts parts;
  std::int64_t first = 0;
  for (const TensorType& output : data.node.outputs) {
    parts.push_back({data.strides, first * data.strides[axis], output.shape});
    first += output.shape[axis];
  }
  return parts;
}

Parts parts_of_slice(const Source& data) {
  const auto steps = data.node.inputs.size() == 4 ? data.integers(3) : Strides{};
  const auto plan = plan_slice(std::get<StridedSlice>(data.node.op), data.shape, data.integers(1), data.integers(2), steps);
  if (!plan.ok()) return {};
  Part part{data.strides, 0, {}};
  for (std::size_t i = 0; i < plan->axes.size(); ++i) {
    part.first += plan->axes[i].first * part.strides[i];
    part.strides[i] *= plan->axes[i].step;
    part.sizes.push_back(plan->axes[i].count);
  }
  return {part};
}

Parts parts_of_broadcast(const Source& data) {
  const Shape& shape = data.node.outputs[0].shape;
  Part part{Strides(shape.size(), 0), 0, shape};
  const std::size_t missing = shape.size() - data.shape.size();
  for (std::size_t axis = 0; axis < data.shape.size(); ++axis)
    if (data.shape[axis] != 1) part.strides[missing + axis] = data.strides[axis];
  return {part};
}

// Of constant indices that are a progression, so also of one.
Parts parts_of_gather(const Source& data) {
  if (std::get<Gather>(data.node.op).batch_dims != 0 || !data.constants.is_constant(data.node.inputs[1])) return {};
  auto indices = data.integers(1);
  const std::size_t axis = data.axis(2);
  if (indices.empty()) return {};
  for (std::int64_t& index : indices) {
    if (index < 0) index += data.shape[axis];
    if (index < 0 || index >= data.shape[axis]) return {};
  }
  const std::int64_t step = indices.size() > 1 ? indices[1] - indices[0] : 1;
  for (std::size_t i = 1; i < indices.size(); ++i)
    if (indices[i] - indices[i - 1] != step) return {};
  Part part{data.strides, indices[0] * data.strides[axis], data.shape};
  part.strides[axis] *= step;
  part.sizes[axis] = std::ssize(indices);
  return {part};
}

Parts parts_of(const Source& data) {
  const Op& op = data.node.op;
  if (std::holds_alternative<Transpose>(op)) return parts_of_transpose(data);
  if (std::holds_alternative<Split>(op) || std::holds_alternative<VariadicSplit>(op)) return parts_of_split(data);
  if (std::holds_alternative<StridedSlice>(op)) return parts_of_slice(data);
  if (std::holds_alternative<Broadcast>(op)) return parts_of_broadcast(data);
  if (std::holds_alternative<Gather>(op)) return parts_of_gather(data);
  return {};
}

// The strides of a result that has a part's axes but for some of size 1, which a slice may drop and add.
Strides strides_of(const Shape& result, const Part& part) {
  Strides strides;
  std::size_t axis = 0;
  for (const std::int64_t size : result) {
    while (size != 1 && part.sizes[axis] == 1) ++axis;
    strides.push_back(size == 1 ? 0 : part.strides[axis++]);
  }
  return strides;
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const StridedView data = builder.view(node.inputs[0]);
  const Parts parts = parts_of({builder.constants(), builder.graph(), node, builder.graph().shape(node.inputs[0]), data.strides});
  for (std::uint32_t port = 0; port < parts.size(); ++port)
    builder.set_view({id, port}, {data.slot, data.first + parts[port].first, strides_of(node.outputs[port].shape, parts[port])});
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
  if (node.inputs.empty()) return NoMatch{};
  const Shape& shape = context.graph.shape(node.inputs[0]);
  const std::size_t parts = parts_of({context.constants, context.graph, node, shape, row_major_strides(shape)}).size();
  if (parts == 0) return NoMatch{};
  Match match;
  for (std::uint32_t port = 0; port < parts; ++port) match.results.push_back({{id, port}, {}});
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
