// A product of matrices of floats. A second factor that is one constant for the whole stack is packed once, as a convolution of one
// pixel; what is computed is packed as it is used.

#include "kernels/matmul/matmul.h"

#include <algorithm>
#include <memory>

#include "graph/positions.h"
#include "kernels/conv2d/conv2d.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"
#include "runtime/lowerings/strided.h"

namespace octet {
namespace {

Shape stack_of(const Shape& shape) { return {shape.begin(), shape.end() - 2}; }

// With the last two axes in the other order.
Shape swapped(Shape shape) {
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  return shape;
}

// The factors of a product: a list is a row on the left and a column on the right, and never transposed.
struct Factors {
  Shape a, b;
  bool transpose_a, transpose_b;
};

Factors factors_of(const Graph& graph, const Node& node) {
  const auto& op = std::get<MatMul>(node.op);
  Factors factors{graph.shape(node.inputs[0]), graph.shape(node.inputs[1]), op.transpose_a, op.transpose_b};
  if (factors.a.size() == 1) {
    factors.a.insert(factors.a.begin(), 1);
    factors.transpose_a = false;
  }
  if (factors.b.size() == 1) {
    factors.b.push_back(1);
    factors.transpose_b = false;
  }
  return factors;
}

// The first factor with its rows dense.
SlotId dense_rows(PlanBuilder& builder, const Node& node) {
  const SlotId from = builder.plain(node.inputs[0]);
  if (!factors_of(builder.graph(), node).transpose_a) return from;
  const TensorType& type = builder.graph().type(node.inputs[0]);
  const SlotId to = builder.make_slot(Format::kPlain, {type.element, swapped(type.shape)});
  add_strided_step(builder, {node.name, "transpose"}, from, to,
                   strided_copy_of(swapped(type.shape), swapped(row_major_strides(type.shape)), 0, type.element));
  return to;
}

kernels::MatmulF32 matmul_of(const Factors& factors) {
  const Shape a = factors.transpose_a ? swapped(factors.a) : factors.a, b = factors.transpose_b ? swapped(factors.b) : factors.b;
  const Shape stack = broadcast(stack_of(a), stack_of(b)).value();
  kernels::MatmulF32 matmul;
  matmul.rows = a[a.size() - 2];
  matmul.columns = b.back();
  matmul.depth = a.back();
  matmul.b_row_stride = factors.transpose_b ? 1 : matmul.columns;
  matmul.b_column_stride = factors.transpose_b ? matmul.depth : 1;
  matmul.a_offsets = broadcast_positions(stack_of(a), stack);
  matmul.b_offsets = broadcast_positions(stack_of(b), stack);
  for (auto& offset : matmul.a_offsets) offset *= matmul.rows * matmul.depth;
  for (auto& offset : matmul.b_offsets) offset *= matmul.depth * matmul.columns;
  return matmul;
}

void emit_computed(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const SlotId a = dense_rows(builder, node), b = builder.plain(node.inputs[1]), to = builder.natural({id, 0});
  kernels::MatmulF32 matmul = matmul_of(factors_of(builder.graph(), node));
  builder.need_scratch(kernels::matmul_f32_scratch_bytes(matmul, builder.isa()));
  builder.add_step({node.name, "matrix product"}, {a, b}, {to},
                   [a, b, to, matmul = std::move(matmul), isa = builder.isa()](const Workspace& ws) {
                     kernels::matmul_f32(matmul, ws.plain<const float>(a), ws.plain<const float>(b), ws.plain<float>(to), isa, ws.pool());
                   });
}

// The constant as [columns, depth], one row for each output.
std::vector<float> weights_of(const Tensor& constant, std::int64_t outputs, bool transposed) {
  auto values = to_vector<float>(constant);
  if (transposed) return values;
  const auto columns = static_cast<std::size_t>(outputs), depth = values.size() / columns;
  std::vector<float> weights(values.size());
  for (std::size_t k = 0; k < depth; ++k)
    for (std::size_t c = 0; c < columns; ++c) weights[c * depth + k] = values[k * columns + c];
  return weights;
}

void emit_constant(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const Factors factors = factors_of(builder.graph(), node);
  const Shape b = factors.transpose_b ? swapped(factors.b) : factors.b;
  kernels::Conv2dShape shape;
  shape.out_channels = b.back();
  shape.in_channels = b[b.size() - 2];
  const std::int64_t rows = element_count(node.outputs[0].shape) / shape.out_channels;
  const SlotId from = dense_rows(builder, node), to = builder.natural({id, 0});
  std::shared_ptr<const kernels::ConvolutionF32> product = kernels::make_conv2d_f32(
      shape, weights_of(builder.constants()[node.inputs[1]], shape.out_channels, factors.transpose_b), {}, {}, builder.isa());
  builder.need_scratch(product->scratch_bytes(rows));
  builder.add_step({node.name, "matrix product"}, {from}, {to}, [from, to, rows, shape, product](const Workspace& ws) {
    product->run({ws.plain<const float>(from).data(), 1, rows, shape.in_channels, shape.in_channels},
                 {ws.plain<float>(to).data(), 1, rows, shape.out_channels, shape.out_channels}, ws.pool());
  });
}

}  // namespace

MatchResult match_matmul(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<MatMul>(node.op)) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  const Shape stack = stack_of(factors_of(context.graph, node).b);
  const bool one_matrix = std::all_of(stack.begin(), stack.end(), [](std::int64_t size) { return size == 1; });
  const bool packs_once = one_matrix && context.constants.is_constant(node.inputs[1]);
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, packs_once](PlanBuilder& builder) { packs_once ? emit_constant(builder, id) : emit_computed(builder, id); };
  return match;
}

}  // namespace octet
