// A product of matrices of floats. A second factor that is one constant for the whole stack is packed once, as a convolution of one
// pixel, with the bias and the activation behind it; what is computed is packed as it is used, from wherever its elements lie.

#include "runtime/lowerings/matmul.h"

#include <algorithm>
#include <memory>

#include "graph/patterns.h"
#include "graph/positions.h"
#include "kernels/matmul/matmul.h"
#include "runtime/lowerings/convolution.h"
#include "runtime/lowerings/list.h"
#include "runtime/lowerings/strided.h"

namespace octet {
namespace {

using Strides = std::vector<std::int64_t>;

// A factor or a product as a stack of matrices.
struct Matrices {
  SlotId slot{};
  std::int64_t first = 0;
  Shape stack;
  Strides stack_strides;
  std::int64_t rows = 1, columns = 1, row_stride = 0, column_stride = 0;

  // Of a shape of at least two axes.
  Matrices(const StridedView& view, const Shape& shape)
      : slot(view.slot),
        first(view.first),
        stack(shape.begin(), shape.end() - 2),
        stack_strides(view.strides.begin(), view.strides.end() - 2),
        rows(*(shape.end() - 2)),
        columns(shape.back()),
        row_stride(*(view.strides.end() - 2)),
        column_stride(view.strides.back()) {}

  // Whether the elements of each row lie together.
  bool has_runs() const { return columns == 1 || column_stride == 1; }

  void transpose() {
    std::swap(rows, columns);
    std::swap(row_stride, column_stride);
  }

  // Where each matrix of a stack begins that this one is broadcast to.
  std::vector<std::int64_t> offsets(const Shape& whole) const {
    Strides strides(whole.size(), 0);
    const std::size_t missing = whole.size() - stack.size();
    for (std::size_t axis = 0; axis < stack.size(); ++axis)
      if (stack[axis] != 1) strides[missing + axis] = stack_strides[axis];
    return strided_positions(whole, strides, first);
  }
};

// A list is a row on the left and a column on the right, and never transposed.
Matrices factor(PlanBuilder& builder, const Node& node, std::size_t input) {
  Shape shape = builder.graph().shape(node.inputs[input]);
  StridedView view = builder.view(node.inputs[input]);
  if (shape.size() == 1) {
    shape.insert(input == 0 ? shape.begin() : shape.end(), 1);
    view.strides.insert(input == 0 ? view.strides.begin() : view.strides.end(), 0);
    return {view, shape};
  }
  Matrices matrices(view, shape);
  const auto& op = std::get<MatMul>(node.op);
  if (input == 0 ? op.transpose_a : op.transpose_b) matrices.transpose();
  return matrices;
}

// With rows that lie together: as they are, or copied.
Matrices with_runs(PlanBuilder& builder, const std::string& name, Matrices matrices) {
  if (matrices.has_runs()) return matrices;
  Shape shape = matrices.stack;
  shape.insert(shape.end(), {matrices.rows, matrices.columns});
  Strides strides = matrices.stack_strides;
  strides.insert(strides.end(), {matrices.row_stride, matrices.column_stride});
  const SlotId to = builder.make_slot(Format::kPlain, {ElementType::kF32, shape});
  add_strided_step(builder, {name, "transpose"}, matrices.slot, to, strided_copy_of(shape, strides, matrices.first, ElementType::kF32));
  return {{to, 0, row_major_strides(shape)}, shape};
}

// What stands behind a product of two computed factors and is done along with it.
struct Tail {
  Value result;
  std::vector<NodeId> absorbed;
  float scale = 1;  // that all elements are multiplied by
  Strides order;    // of a Transpose after that; empty: there is none

  void take(NodeId reader) {
    absorbed.push_back(reader);
    result = {reader, 0};
  }
};

std::optional<float> number(const MatchContext& context, Value value) {
  if (!context.constants.is_constant(value)) return std::nullopt;
  const auto uniform = uniform_value(context.constants[value]);
  return uniform ? std::optional(static_cast<float>(*uniform)) : std::nullopt;
}

// The number that a node multiplies all its data by.
std::optional<float> scale_of(const MatchContext& context, const Node& node, Value data) {
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || node.outputs[0].shape != context.graph.shape(data)) return std::nullopt;
  if (binary->kind == BinaryKind::kMultiply) return number(context, node.inputs[node.inputs[0] == data ? 1 : 0]);
  if (binary->kind != BinaryKind::kDivide || node.inputs[0] != data) return std::nullopt;
  const auto divisor = number(context, node.inputs[1]);
  return divisor ? std::optional(1 / *divisor) : std::nullopt;
}

// The order of a Transpose after which rows or columns of the product still lie together; empty for any other node.
Strides order_of(const MatchContext& context, const Node& node) {
  if (!std::holds_alternative<Transpose>(node.op)) return {};
  auto order = to_vector<std::int64_t>(context.constants[node.inputs[1]]);
  return !order.empty() && order.back() >= std::ssize(order) - 2 ? order : Strides{};
}

Tail tail_of(const MatchContext& context, NodeId id) {
  Tail tail;
  tail.result = {id, 0};
  auto reader = context.fusion.only_reader(tail.result);
  if (const auto scale = reader ? scale_of(context, context.graph.node(*reader), tail.result) : std::nullopt) {
    tail.scale = *scale;
    tail.take(*reader);
    reader = context.fusion.only_reader(tail.result);
  }
  const Node& node = context.graph.node(id);
  const bool of_lists = context.graph.shape(node.inputs[0]).size() == 1 || context.graph.shape(node.inputs[1]).size() == 1;
  if (!reader || of_lists) return tail;
  tail.order = order_of(context, context.graph.node(*reader));
  if (!tail.order.empty()) tail.take(*reader);
  return tail;
}

// The product in the memory of the tail's result.
Matrices product(PlanBuilder& builder, const Shape& stack, std::int64_t rows, std::int64_t columns, const Tail& tail) {
  Shape shape = stack;
  shape.insert(shape.end(), {rows, columns});
  StridedView view{builder.natural(tail.result), 0, row_major_strides(shape)};
  if (tail.order.empty()) return {view, shape};
  const auto strides = row_major_strides(builder.graph().shape(tail.result));
  for (std::size_t i = 0; i < strides.size(); ++i) view.strides[static_cast<std::size_t>(tail.order[i])] = strides[i];
  return {view, shape};
}

void emit_computed(PlanBuilder& builder, NodeId id, const Tail& tail) {
  const Node& node = builder.graph().node(id);
  Matrices a = factor(builder, node, 0), b = factor(builder, node, 1);
  const Shape stack = broadcast(a.stack, b.stack).value();
  Matrices out = product(builder, stack, a.rows, b.columns, tail);
  if (!out.has_runs()) {  // (a b)^T = b^T a^T
    std::swap(a, b);
    for (Matrices* matrices : {&a, &b, &out}) matrices->transpose();
  }
  a = with_runs(builder, node.name, std::move(a));
  kernels::MatmulF32 matmul{.rows = a.rows,
                            .depth = a.columns,
                            .columns = b.columns,
                            .a_row_stride = a.row_stride,
                            .b_row_stride = b.row_stride,
                            .b_column_stride = b.column_stride,
                            .out_row_stride = out.row_stride,
                            .scale = tail.scale,
                            .a_offsets = a.offsets(stack),
                            .b_offsets = b.offsets(stack),
                            .out_offsets = out.offsets(stack)};
  builder.need_scratch(kernels::matmul_f32_scratch_bytes(matmul, builder.isa()));
  builder.add_step({node.name, "matrix product"}, {a.slot, b.slot}, {out.slot},
                   [a = a.slot, b = b.slot, to = out.slot, matmul = std::move(matmul), isa = builder.isa()](const Workspace& ws) {
                     kernels::matmul_f32(matmul, ws.plain<const float>(a), ws.plain<const float>(b), ws.plain<float>(to), isa, ws.pool());
                   });
}

// The columns of a second factor, and whether it lies transposed.
struct ConstantFactor {
  std::int64_t depth, columns;
  bool transposed;
};

ConstantFactor constant_factor(const Graph& graph, const Node& node) {
  const Shape& shape = graph.shape(node.inputs[1]);
  if (shape.size() == 1) return {shape[0], 1, false};
  const bool transposed = std::get<MatMul>(node.op).transpose_b;
  const std::int64_t rows = *(shape.end() - 2), columns = shape.back();
  return transposed ? ConstantFactor{columns, rows, true} : ConstantFactor{rows, columns, false};
}

// The constant as [columns, depth], one row for each output.
std::vector<float> weights_of(const Tensor& constant, const ConstantFactor& factor) {
  auto values = to_vector<float>(constant);
  if (factor.transposed) return values;
  const auto columns = static_cast<std::size_t>(factor.columns), depth = static_cast<std::size_t>(factor.depth);
  std::vector<float> weights(values.size());
  for (std::size_t k = 0; k < depth; ++k)
    for (std::size_t c = 0; c < columns; ++c) weights[c * depth + k] = values[k * columns + c];
  return weights;
}

// The first factor with its rows one behind the other.
SlotId dense_rows(PlanBuilder& builder, const Node& node) {
  const SlotId rows = builder.plain(node.inputs[0]);
  const bool transposed = std::get<MatMul>(node.op).transpose_a && builder.graph().shape(node.inputs[0]).size() > 1;
  return transposed ? with_runs(builder, node.name, factor(builder, node, 0)).slot : rows;
}

void emit_constant(PlanBuilder& builder, NodeId id, const Epilogue& epilogue) {
  const Node& node = builder.graph().node(id);
  const ConstantFactor factor = constant_factor(builder.graph(), node);
  kernels::Conv2dShape shape;
  shape.out_channels = factor.columns;
  shape.in_channels = factor.depth;
  const std::int64_t rows = element_count(node.outputs[0].shape) / shape.out_channels;
  const SlotId from = dense_rows(builder, node), to = builder.natural(epilogue.result);
  std::shared_ptr<const kernels::ConvolutionF32> product =
      float_convolution(builder, shape, weights_of(builder.constants()[node.inputs[1]], factor), epilogue.bias, epilogue.activation, rows);
  builder.need_scratch(product->scratch_bytes(rows));
  StepInfo info{node.name, "matrix product", std::string(product->name())};
  info.bf16 = product->factors() == kernels::Factors::kBf16;
  builder.add_step(std::move(info), {from}, {to}, [from, to, rows, shape, product](const Workspace& ws) {
    product->run({ws.plain<const float>(from).data(), 1, rows, shape.in_channels, shape.in_channels},
                 {ws.plain<float>(to).data(), 1, rows, shape.out_channels, shape.out_channels}, ws.pool());
  });
}

// Whether the second factor is one constant matrix.
bool packs_once(const MatchContext& context, const Node& node) {
  if (!context.constants.is_constant(node.inputs[1])) return false;
  const ConstantFactor factor = constant_factor(context.graph, node);
  return element_count(context.graph.shape(node.inputs[1])) == factor.depth * factor.columns;
}

}  // namespace

MatchResult match_matmul(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<MatMul>(node.op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  Match match;
  if (packs_once(context, node)) {
    const Epilogue epilogue = epilogue_of_product(context, id, constant_factor(context.graph, node).columns);
    match.results = {{epilogue.result, {}}};
    match.absorbed = epilogue.absorbed;
    match.emit = [id, epilogue](PlanBuilder& builder) { emit_constant(builder, id, epilogue); };
  } else {
    const Tail tail = tail_of(context, id);
    match.results = {{tail.result, {}}};
    match.absorbed = tail.absorbed;
    match.emit = [id, tail](PlanBuilder& builder) { emit_computed(builder, id, tail); };
  }
  return match;
}

}  // namespace octet
