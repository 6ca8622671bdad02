#include "graph/counted_padding.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/op_schema.h"
#include "graph/patterns.h"

namespace octet {
namespace {

// By node: whether it gives bytes of which 0 is another number than zero, as a FakeQuantize does, and what moves values of one.
std::vector<bool> nodes_with_zero_points(const Graph& graph) {
  std::vector<bool> found;
  for (const Node& node : graph.nodes()) {
    const OpSchema schema = schema_of(node.op);
    bool has = false;
    if (std::holds_alternative<FakeQuantize>(node.op)) {
      const Tensor* low = graph.constant(node.inputs[3]);
      has = !low || uniform_value(*low) != 0.0;
    } else if (schema.traits.only_moves_values) {
      for (std::size_t i = 0; i < std::min(node.inputs.size(), schema.first_parameter); ++i)
        has = has || found[index_of(node.inputs[i].node)];
    }
    found.push_back(has);
  }
  return found;
}

bool is_padded(const AvgPool& pool) { return pool.pads.begin != Spatial{0, 0} || pool.pads.end != Spatial{0, 0}; }

// Of the elements of each window that count along an axis, the share that lies inside of the image.
std::vector<double> shares_along(std::size_t axis, const AvgPool& pool, std::int64_t size, std::int64_t outputs) {
  std::vector<double> shares;
  for (std::int64_t i = 0; i < outputs; ++i) {
    const std::int64_t begin = i * pool.strides[axis] - pool.pads.begin[axis];
    const std::int64_t end = std::min(begin + pool.kernel[axis], size + pool.pads.end[axis]);
    const std::int64_t inside = std::max<std::int64_t>(std::min(end, size) - std::max<std::int64_t>(begin, 0), 0);
    shares.push_back(end > begin ? static_cast<double>(inside) / static_cast<double>(end - begin) : 0.0);
  }
  return shares;
}

Tensor shares_of_windows(const AvgPool& pool, const Shape& data, const Shape& output) {
  const auto rows = shares_along(0, pool, data[2], output[2]), columns = shares_along(1, pool, data[3], output[3]);
  std::vector<float> shares;
  for (const double row : rows)
    for (const double column : columns) shares.push_back(static_cast<float>(row * column));
  return Tensor::of<float>({1, 1, output[2], output[3]}, shares);
}

// A node that is one operation, in place of another and with its name.
void replace_node(Graph& graph, NodeId id, Op op, std::vector<Value> inputs) {
  const std::string name = graph.node(id).name;
  graph.rename(id, name + "/replaced");
  graph.replace_uses({id, 0}, graph.emit(std::move(op), std::move(inputs), name));
}

void split(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  AvgPool pool = std::get<AvgPool>(node.op);
  const Tensor shares = shares_of_windows(pool, graph.shape(node.inputs[0]), node.outputs[0].shape);
  // A window without anything inside has no mean.
  const auto [least, greatest] = std::ranges::minmax(shares.values<float>());
  if (least == 1 || least == 0) return;
  pool.exclude_pad = true;
  const Value inside = graph.emit(pool, node.inputs, node.name + "/inside"), factor = graph.emit_constant(shares, node.name + "/share");
  replace_node(graph, id, Binary{BinaryKind::kMultiply}, {inside, factor});
}

void join(Graph& graph, NodeId product) {
  const auto side = constant_side(graph, {product, 0});
  const AvgPool* found = side && side->kind == BinaryKind::kMultiply ? op_of<AvgPool>(graph, side->data) : nullptr;
  if (!found || !found->exclude_pad || !is_padded(*found) || !only_reader(graph, side->data)) return;
  const Value data = graph.node(side->data).inputs[0];
  const Shape& output = graph.shape(side->data);
  if (side->constant->type() != ElementType::kF32 || side->constant->shape() != Shape{1, 1, output[2], output[3]}) return;
  AvgPool pool = *found;
  if (!std::ranges::equal(side->constant->values<float>(), shares_of_windows(pool, graph.shape(data), output).values<float>())) return;
  pool.exclude_pad = false;
  replace_node(graph, product, pool, {data});
}

}  // namespace

void split_counted_padding(Graph& graph) {
  const std::vector<bool> has_zero_point = nodes_with_zero_points(graph);
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i) {
    const Node& node = graph.nodes()[i];
    const auto* pool = std::get_if<AvgPool>(&node.op);
    if (!pool || pool->exclude_pad || !is_padded(*pool)) continue;
    if (has_zero_point[index_of(node.inputs[0].node)]) split(graph, static_cast<NodeId>(i));
  }
  graph.tidy();
}

void join_counted_padding(Graph& graph) {
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i)
    if (std::holds_alternative<Binary>(graph.nodes()[i].op)) join(graph, static_cast<NodeId>(i));
  graph.tidy();
}

}  // namespace octet
