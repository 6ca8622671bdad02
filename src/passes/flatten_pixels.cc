#include <optional>
#include <vector>

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

// The image [N,C,H,W] that `planes`, [N,C,HW], are a reshape of.
std::optional<Value> image_of(const Graph& graph, Value planes) {
  if (!op_of<Reshape>(graph, planes)) return std::nullopt;
  const Value image = graph.node(planes).inputs[0];
  const Shape &in = graph.shape(image), &out = graph.shape(planes);
  if (in.size() != 4 || out.size() != 3 || in[0] != out[0] || in[1] != out[1]) return std::nullopt;
  return image;
}

// [N,C,H,W] to [N,HW,C].
Value rows_of(Graph& graph, Value image) {
  const Shape shape = graph.shape(image);
  return reshaped(graph, transposed(graph, image, {0, 2, 3, 1}), {shape[0], shape[2] * shape[3], shape[1]});
}

// [N,C,H,W] to [N,C,HW] to [N,HW,C].
bool flatten(Graph& graph, Value rows) {
  if (!is_transpose(graph, rows, {0, 2, 1})) return false;
  const auto image = image_of(graph, graph.node(rows).inputs[0]);
  if (!image) return false;
  replace(graph, rows, rows_of(graph, *image));
  return true;
}

// The same of several images, whose planes are joined to [N,C,pixels of all] between the two.
bool flatten_joined(Graph& graph, Value rows) {
  if (!is_transpose(graph, rows, {0, 2, 1})) return false;
  const Value planes = graph.node(rows).inputs[0];
  const auto* concat = op_of<Concat>(graph, planes);
  if (!concat || (concat->axis != 2 && concat->axis != -1) || !only_reader(graph, planes)) return false;
  std::vector<Value> images;
  for (const Value part : graph.node(planes).inputs) {
    const auto image = image_of(graph, part);
    if (!image) return false;
    images.push_back(*image);
  }
  std::vector<Value> parts;
  for (const Value image : images) parts.push_back(rows_of(graph, image));
  replace(graph, rows, graph.emit(Concat{1}, parts));
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

bool flatten_joined_pixels(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return flatten_joined(graph, value); });
}

}  // namespace octet::passes
