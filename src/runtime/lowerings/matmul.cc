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

// The first factor with its rows dense.
SlotId dense_rows(PlanBuilder& builder, const Node& node) {
  const SlotId from = builder.plain(node.inputs[0]);
  if (!std::get<MatMul>(node.op).transpose_a) return from;
  const TensorType& type = builder.graph().type(node.inputs[0]);
  const SlotId to = builder.make_slot(Format::kPlain, {type.element, swapped(type.shape)});
  add_strided_step(builder, {node.name, "transpose"}, from, to,
                   strided_copy_of(swapped(type.shape), swapped(row_major_strides(type.shape)), 0, type.element));
  return to;
}

kernels::MatmulF32 matmul_of(const MatMul& op, const Shape& a, const Shape& b, const Shape& out) {
  kernels::MatmulF32 matmul;
  matmul.rows = out[out.size() - 2];
  matmul.columns = out.back();
  matmul.depth = op.transpose_b ? b.back() : b[b.size() - 2];
  matmul.b_row_stride = op.transpose_b ? 1 : matmul.columns;
  matmul.b_column_stride = op.transpose_b ? matmul.depth : 1;
  matmul.a_offsets = broadcast_positions(stack_of(a), stack_of(out));
  matmul.b_offsets = broadcast_positions(stack_of(b), stack_of(out));
  for (auto& offset : matmul.a_offsets) offset *= matmul.rows * matmul.depth;
  for (auto& offset : matmul.b_offsets) offset *= matmul.depth * matmul.columns;
  return matmul;
}

void emit_computed(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const SlotId a = dense_rows(builder, node), b = builder.plain(node.inputs[1]), to = builder.natural({id, 0});
  kernels::MatmulF32 matmul = matmul_of(std::get<MatMul>(node.op), builder.graph().shape(node.inputs[0]),
                                        builder.graph().shape(node.inputs[1]), node.outputs[0].shape);
  builder.need_scratch(kernels::matmul_f32_scratch_bytes(matmul, builder.isa()));
  builder.add_step({node.name, "matrix product"}, {a, b}, {to},
                   [a, b, to, matmul = std::move(matmul), isa = builder.isa()](const Workspace& ws) {
                     kernels::matmul_f32(matmul, ws.plain<const float>(a), ws.plain<const float>(b), ws.plain<float>(to), isa, ws.pool());
                   });
}

// The constant as [columns, depth], one row for each output.
std::vector<float> weights_of(const Tensor& constant, bool transposed) {
  const auto values = to_vector<float>(constant);
  if (transposed) return values;
  const auto columns = static_cast<std::size_t>(constant.shape().back()), depth = columns == 0 ? 0 : values.size() / columns;
  std::vector<float> weights(values.size());
  for (std::size_t k = 0; k < depth; ++k)
    for (std::size_t c = 0; c < columns; ++c) weights[c * depth + k] = values[k * columns + c];
  return weights;
}

void emit_constant(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const bool transposed = std::get<MatMul>(node.op).transpose_b;
  const Tensor& constant = builder.constants()[node.inputs[1]];
  kernels::Conv2dShape shape;
  shape.out_channels = node.outputs[0].shape.back();
  shape.in_channels = constant.size() / shape.out_channels;
  const std::int64_t rows = element_count(node.outputs[0].shape) / shape.out_channels;
  const SlotId from = dense_rows(builder, node), to = builder.natural({id, 0});
  std::shared_ptr<const kernels::ConvolutionF32> product =
      kernels::make_conv2d_f32(shape, weights_of(constant, transposed), {}, {}, builder.isa());
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
  const Shape &a = context.graph.shape(node.inputs[0]), &b = context.graph.shape(node.inputs[1]);
  if (a.size() < 2 || b.size() < 2) return NoMatch{"a factor is a list"};
  const Shape stack = stack_of(b);
  const bool one_matrix = std::all_of(stack.begin(), stack.end(), [](std::int64_t size) { return size == 1; });
  const bool packs_once = one_matrix && context.constants.is_constant(node.inputs[1]);
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id, packs_once](PlanBuilder& builder) { packs_once ? emit_constant(builder, id) : emit_computed(builder, id); };
  return match;
}

}  // namespace octet
