#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

using Order = std::vector<std::int64_t>;

bool is_transpose(const Graph& graph, Value value, const Order& order) {
  return op_of<Transpose>(graph, value) && to_vector<std::int64_t>(*graph.constant(graph.node(value).inputs[1])) == order;
}

Value transposed(Graph& graph, Value data, const Order& order) {
  return graph.emit(Transpose{}, {data, graph.emit_constant(Tensor::of({std::ssize(order)}, order))});
}

Value reshaped(Graph& graph, Value data, const Shape& shape) {
  return graph.emit(Reshape{}, {data, graph.emit_constant(Tensor::of({std::ssize(shape)}, shape))});
}

// [N,C,H,W] to [N,C,HW] to [N,HW,C].
bool flatten(Graph& graph, Value rows) {
  if (!is_transpose(graph, rows, {0, 2, 1})) return false;
  const Value planes = graph.node(rows).inputs[0];
  if (!op_of<Reshape>(graph, planes)) return false;
  const Value image = graph.node(planes).inputs[0];
  const Shape &in = graph.shape(image), &out = graph.shape(planes);
  if (in.size() != 4 || in[0] != out[0] || in[1] != out[1]) return false;
  replace(graph, rows, reshaped(graph, transposed(graph, image, {0, 2, 3, 1}), Shape(graph.shape(rows))));
  return true;
}

// [N,HW,C] to [N,C,HW] to [N,C,H,W].
bool unflatten(Graph& graph, Value image) {
  if (!op_of<Reshape>(graph, image)) return false;
  const Value planes = graph.node(image).inputs[0];
  if (!is_transpose(graph, planes, {0, 2, 1})) return false;
  const Shape in = graph.shape(planes), out = graph.shape(image);
  if (out.size() != 4 || in[0] != out[0] || in[1] != out[1]) return false;
  const Value pixels = reshaped(graph, graph.node(planes).inputs[0], {out[0], out[2], out[3], out[1]});
  replace(graph, image, transposed(graph, pixels, {0, 3, 1, 2}));
  return true;
}

}  // namespace

bool flatten_pixels(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return flatten(graph, value) || unflatten(graph, value); });
}

}  // namespace octet::passes
