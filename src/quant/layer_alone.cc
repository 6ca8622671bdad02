#include "quant/layer_alone.h"

#include <algorithm>
#include <set>

#include "graph/op_schema.h"
#include "graph/patterns.h"

namespace octet::quant {
namespace {

bool moves_images(const Node& node) {
  const OpTraits traits = schema_of(node.op).traits;
  return traits.only_moves_values && traits.keeps_axes;
}

bool is_quantizer(const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); }

// The addition of a constant that alone reads a node: its bias.
std::optional<NodeId> bias_of(const Graph& graph, NodeId layer) {
  const auto reader = only_reader(graph, {layer, 0});
  if (!reader || !is_convolution(graph.node(layer).op)) return std::nullopt;
  const auto side = constant_side(graph, {*reader, 0});
  return side && side->kind == BinaryKind::kAdd ? reader : std::nullopt;
}

// The inputs of a node that are data: of a convolution the first, else all.
std::span<const Value> data_inputs(const Node& node) {
  const std::span<const Value> inputs = node.inputs;
  return is_convolution(node.op) ? inputs.first(1) : inputs;
}

}  // namespace

std::vector<NodeId> quantizers_of(const Graph& quantized, Value input) {
  std::vector<NodeId> found;
  std::set<Value> seen;
  std::vector<Value> open{input};
  while (!open.empty()) {
    const Value value = open.back();
    open.pop_back();
    if (!seen.insert(value).second) continue;
    const Node& node = quantized.node(value);
    if (is_quantizer(node)) found.push_back(value.node);
    if (is_quantizer(node) || !moves_images(node)) continue;
    const bool joins = std::holds_alternative<Concat>(node.op);
    open.insert(open.end(), node.inputs.begin(), joins ? node.inputs.end() : node.inputs.begin() + 1);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<NodeId> quantized_layers(const Graph& quantized) {
  std::vector<NodeId> layers;
  for (std::size_t i = 0; i < quantized.nodes().size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    const Node& node = quantized.node(id);
    const auto is_quantized = [&](Value input) { return !quantizers_of(quantized, input).empty(); };
    if (schema_of(node.op).traits.computes_in_integers && !moves_images(node) && std::ranges::any_of(data_inputs(node), is_quantized))
      layers.push_back(id);
  }
  return layers;
}

std::vector<Value> head_values(const Graph& graph) {
  std::vector<Value> heads;
  const auto add = [&](Value value) {
    if (graph.type(value).element == ElementType::kF32 && std::ranges::find(heads, value) == heads.end()) heads.push_back(value);
  };
  for (const NodeId output : graph.outputs()) {
    const Value value = graph.node(output).inputs[0];
    if (op_of<DetectionOutput>(graph, value)) {
      add(graph.node(value).inputs[0]);
      add(graph.node(value).inputs[1]);
    } else {
      add(value);
    }
  }
  return heads;
}

Graph ended_at(const Graph& graph, const std::vector<Value>& values) {
  Graph ended;
  ended.name = graph.name;
  ended.model_info = graph.model_info;
  std::vector<NodeId> now(graph.nodes().size());
  const auto moved = [&](Value value) { return Value{now[index_of(value.node)], value.port}; };
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (std::holds_alternative<Output>(node.op)) continue;
    std::vector<Value> inputs;
    std::ranges::transform(node.inputs, std::back_inserter(inputs), moved);
    now[i] = ended.emit(node.op, std::move(inputs), node.name).node;
  }
  for (std::size_t i = 0; i < values.size(); ++i) ended.emit(Output{}, {moved(values[i])}, "end " + std::to_string(i));
  ended.tidy();
  return ended;
}

LayersAlone::LayersAlone(const Graph& floats, const Graph& quantized)
    : quantized_(quantized), floats_(ended_at(floats, head_values(floats))) {
  for (std::size_t i = 0; i < floats_.nodes().size(); ++i) by_name_[floats_.nodes()[i].name] = static_cast<NodeId>(i);
}

// Brings values of the quantized graph into a copy of the one in floats.
class LayersAlone::Copy {
 public:
  explicit Copy(const LayersAlone& layers) : layers_(layers), graph_(layers.floats_) {}

  // As the graph in floats computes it; what is not there, such as integer weights, is copied.
  Value plain(Value value) {
    const Node& node = layers_.quantized_.node(value);
    if (is_quantizer(node)) return plain(node.inputs[0]);
    if (const auto same = layers_.by_name_.find(node.name); same != layers_.by_name_.end()) return {same->second, value.port};
    return copied(value, [this](Value input) { return plain(input); });
  }

  // With the quantizers that the value comes through.
  Value quantized(Value value) {
    if (quantizers_of(layers_.quantized_, value).empty()) return plain(value);
    const Node& node = layers_.quantized_.node(value);
    const bool quantizes = is_quantizer(node);
    return copied(value, [&, first = true](Value input) mutable {
      const bool is_data = std::exchange(first, false) || std::holds_alternative<Concat>(node.op);
      return is_data && !quantizes ? quantized(input) : plain(input);
    });
  }

  // The layer with quantized data and its own weights and bias, beside the one in floats. The end of either.
  std::pair<Value, Value> layer(NodeId id) {
    const std::size_t data = data_inputs(layers_.quantized_.node(id)).size();
    std::size_t index = 0;
    const Value made = copied({id, 0}, [&](Value input) { return index++ < data ? quantized(input) : plain(input); });
    const Value same = plain({id, 0});
    const auto bias = bias_of(layers_.quantized_, id);
    if (!bias) return {same, made};
    const Value sum = copied({*bias, 0}, [&](Value input) { return input.node == id ? made : plain(input); });
    return {plain({*bias, 0}), sum};
  }

  // What reads the layer reads the quantized one from now on.
  Graph finish(std::pair<Value, Value> layer) {
    graph_.replace_uses(layer.first, layer.second);
    graph_.emit(Output{}, {layer.first}, "in floats");
    graph_.emit(Output{}, {layer.second}, "quantized");
    graph_.tidy();
    return std::move(graph_);
  }

 private:
  template <typename Bring>
  Value copied(Value value, Bring bring) {
    const Node& node = layers_.quantized_.node(value);
    std::vector<Value> inputs;
    for (const Value input : node.inputs) inputs.push_back(bring(input));
    return {graph_.emit(node.op, std::move(inputs), node.name + "/alone").node, value.port};
  }

  const LayersAlone& layers_;
  Graph graph_;
};

Graph LayersAlone::graph_of(NodeId layer) const {
  Copy copy(*this);
  return copy.finish(copy.layer(layer));
}

}  // namespace octet::quant
