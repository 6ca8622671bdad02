// A product of quantized matrices, computed on their bytes: with weights that are stored integers, as a convolution of one pixel that
// takes the bias along; or of two computed factors.

#include <algorithm>
#include <memory>

#include "graph/positions.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/matmul_u8/matmul_u8.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"
#include "runtime/lowerings/matmul.h"
#include "runtime/lowerings/strided.h"
#include "runtime/requantization.h"

namespace octet {
namespace {

struct Weighted {
  IntegerWeights weights;
  Epilogue epilogue;
};

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

// The bytes of the first factor with their rows dense: where they lie, or a copy that a step makes.
SlotId dense_rows(PlanBuilder& builder, const Node& node) {
  const SlotId from = builder.natural(node.inputs[0]);
  if (!factors_of(builder.graph(), node).transpose_a) return from;
  const Slot given = builder.slot(from);
  const Shape turned = swapped(given.type.shape);
  const SlotId to = builder.make_slot(given.format, {given.type.element, turned}, given.quant);
  add_strided_step(builder, {node.name, "transpose"}, from, to,
                   strided_copy_of(turned, swapped(row_major_strides(given.type.shape)), 0, ElementType::kU8));
  return to;
}

// The sizes of a product, and how its factors lie once the rows of the first one are dense.
kernels::MatmulU8Shape product_of(const Graph& graph, const Node& node) {
  const Factors factors = factors_of(graph, node);
  const Shape a = factors.transpose_a ? swapped(factors.a) : factors.a, b = factors.transpose_b ? swapped(factors.b) : factors.b;
  const Shape stack = broadcast(stack_of(a), stack_of(b)).value();
  const std::int64_t rows = a[a.size() - 2], depth = a.back(), columns = b.back();
  kernels::MatmulU8Shape product{rows,
                                 depth,
                                 columns,
                                 factors.transpose_b ? 1 : columns,
                                 factors.transpose_b ? depth : 1,
                                 broadcast_positions(stack_of(a), stack),
                                 broadcast_positions(stack_of(b), stack)};
  for (auto& offset : product.a_offsets) offset *= rows * depth;
  for (auto& offset : product.b_offsets) offset *= depth * columns;
  return product;
}

// Rows of plain values as the pixels of an image.
template <typename T>
kernels::ImageView<T> pixels_of(std::span<T> values, std::int64_t channels) {
  return {values.data(), 1, static_cast<std::int64_t>(values.size()) / channels, channels, channels};
}

void emit_weighted(PlanBuilder& builder, NodeId id, const Weighted& found) {
  const Node& node = builder.graph().node(id);
  const Value data = node.inputs[0];
  const SlotId from = dense_rows(builder, node), to = builder.natural(found.epilogue.result);
  const QuantParams& quant = *builder.forms().plain_quant(data);
  kernels::Conv2dShape shape;
  shape.out_channels = std::ssize(found.weights.scale);
  shape.in_channels = std::ssize(found.weights.weights) / shape.out_channels;
  std::vector<double> sum_scale;
  for (const float scale : found.weights.scale) sum_scale.push_back(static_cast<double>(scale) * static_cast<double>(quant.scale[0]));
  const std::int64_t rows = element_count(node.outputs[0].shape) / shape.out_channels;
  std::shared_ptr<const kernels::ConvolutionU8> product = kernels::make_conv2d_u8(
      shape, found.weights.weights, quant.zero_point[0], make_requantization(sum_scale, found.epilogue), builder.isa(), rows);
  builder.need_scratch(product->scratch_bytes(rows));
  StepInfo info{node.name, "matrix product", std::string(product->name()), true};
  info.macs = rows * shape.out_channels * shape.in_channels;
  builder.add_step(std::move(info), {from}, {to}, [from, to, shape, product](const Workspace& ws) {
    product->run(pixels_of(ws.plain<const std::uint8_t>(from), shape.in_channels), pixels_of(ws.plain<float>(to), shape.out_channels),
                 ws.pool());
  });
}

MatchResult match_weighted(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  auto weights = integer_matrix(context.graph, context.constants, node.inputs[1], std::get<MatMul>(node.op).transpose_b);
  if (!weights) return NoMatch{"weights are not 8-bit integers with a scale and a zero point of each column"};
  const std::int64_t columns = std::ssize(weights->scale), depth = std::ssize(weights->weights) / columns;
  if (depth > kernels::longest_integer_sum(weights->weights))
    return NoMatch{"sums of " + std::to_string(depth) + " products leave 32 bits"};
  Weighted found{std::move(*weights), epilogue_of_product(context, id, columns)};
  Match match;
  match.results = {{found.epilogue.result, {}}};
  match.absorbed = found.epilogue.absorbed;
  match.emit = [id, found = std::move(found)](PlanBuilder& builder) { emit_weighted(builder, id, found); };
  return match;
}

void emit_computed(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const QuantParams &quant_a = *builder.forms().plain_quant(node.inputs[0]), &quant_b = *builder.forms().plain_quant(node.inputs[1]);
  const SlotId a = dense_rows(builder, node), b = builder.natural(node.inputs[1]), to = builder.natural({id, 0});
  kernels::MatmulU8Shape shape = product_of(builder.graph(), node);
  const std::int64_t depth = shape.depth;
  const double scale = static_cast<double>(quant_a.scale[0]) * static_cast<double>(quant_b.scale[0]);
  const auto product = std::make_shared<const kernels::MatmulU8>(std::move(shape), quant_a.zero_point[0], quant_b.zero_point[0],
                                                                 static_cast<float>(scale), builder.isa());
  builder.need_scratch(product->scratch_bytes());
  StepInfo info{node.name, "matrix product", "", true};
  info.macs = element_count(node.outputs[0].shape) * depth;
  builder.add_step(std::move(info), {a, b}, {to}, [a, b, to, product](const Workspace& ws) {
    product->run(ws.plain<const std::uint8_t>(a), ws.plain<const std::uint8_t>(b), ws.plain<float>(to), ws.pool());
  });
}

MatchResult match_computed(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!context.forms.plain_quant(node.inputs[1])) return NoMatch{"the second factor is not quantized to bytes"};
  if (const std::int64_t depth = product_of(context.graph, node).depth; depth > kernels::kLongestMatmulU8)
    return NoMatch{"sums of " + std::to_string(depth) + " products leave 32 bits"};
  Match match;
  match.results = {{{id, 0}, {}}};
  match.emit = [id](PlanBuilder& builder) { emit_computed(builder, id); };
  return match;
}

}  // namespace

// Gives reasons only where the first factor is quantized, so that a model in floats has none.
MatchResult match_matmul_u8(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  if (!std::holds_alternative<MatMul>(node.op) || unfit_for_kernels(context, id)) return NoMatch{};
  if (!context.forms.plain_quant(node.inputs[0])) return NoMatch{};
  return context.constants.is_constant(node.inputs[1]) ? match_weighted(context, id) : match_computed(context, id);
}

}  // namespace octet
