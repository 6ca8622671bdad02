#include "passes/passes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/patterns.h"

namespace octet::passes {
namespace {

constexpr std::int64_t kChannels = 3;

const std::vector<std::int64_t> kPlanesFromPixels{0, 3, 1, 2};

bool is_to_planes(const Graph& graph, const Node& node) {
  const Tensor* order = std::holds_alternative<Transpose>(node.op) ? graph.constant(node.inputs[1]) : nullptr;
  return order && to_vector<std::int64_t>(*order) == kPlanesFromPixels;
}

bool is_to_f32(const Node& node) {
  const auto* convert = std::get_if<Convert>(&node.op);
  return convert && convert->type == ElementType::kF32;
}

// The constant of arithmetic on pixels [1,H,W,3] for planes, if it varies along the channels alone.
std::optional<Tensor> constant_for_planes(const Graph& graph, NodeId id) {
  const auto side = constant_side(graph, {id, 0});
  if (!side || graph.type(side->data) != graph.type({id, 0})) return std::nullopt;
  const std::int64_t count = side->constant->size();
  if (count != 1 && (count != kChannels || side->constant->shape().back() != kChannels)) return std::nullopt;
  return side->constant->reshaped({1, count, 1, 1});
}

// The channels in the order in which a Gather takes them from pixels.
std::optional<std::vector<std::int64_t>> order_of_channels(const Graph& graph, const Node& node) {
  if (!std::holds_alternative<Gather>(node.op) || node.outputs[0].shape != graph.shape(node.inputs[0])) return std::nullopt;
  const Tensor *indices = graph.constant(node.inputs[1]), *axis = graph.constant(node.inputs[2]);
  if (!indices || indices->shape().size() != 1 || !axis) return std::nullopt;
  const std::int64_t along = to_vector<std::int64_t>(*axis)[0];
  auto order = to_vector<std::int64_t>(*indices);
  const bool known = std::ranges::all_of(order, [](std::int64_t channel) { return channel >= 0 && channel < kChannels; });
  return known && (along == 3 || along == -1) ? std::optional(std::move(order)) : std::nullopt;
}

// The nodes from the input to its planes of f32; none where something else stands between.
std::vector<NodeId> steps_to_planes(const Graph& graph, Value input) {
  bool planar = graph.shape(input)[1] == kChannels && graph.type(input).element == ElementType::kU8;
  std::vector<NodeId> steps;
  for (Value at = input; !planar || graph.type(at).element != ElementType::kF32; at = {steps.back(), 0}) {
    const auto reader = only_reader(graph, at);
    if (!reader) return {};
    const Node& node = graph.node(*reader);
    const bool to_planes = !planar && is_to_planes(graph, node);
    const bool computes = !planar && graph.type(at).element == ElementType::kF32 && constant_for_planes(graph, *reader);
    if (!to_planes && !computes && !is_to_f32(node) && (planar || !order_of_channels(graph, node))) return {};
    planar = planar || to_planes;
    steps.push_back(*reader);
  }
  return steps;
}

Value reordered(Graph& graph, Value planes, const std::vector<std::int64_t>& order, const std::string& name) {
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1), name + "/axis");
  const NodeId split = graph.emit(Split{kChannels}, {planes, axis}, name + "/planes").node;
  std::vector<Value> channels;
  for (const std::int64_t channel : order) channels.push_back({split, static_cast<std::uint32_t>(channel)});
  return graph.emit(Concat{1}, std::move(channels), name);
}

// What a step between pixels and planes does, done to planes in another graph.
Value step_on_planes(const Graph& from, NodeId id, Value planes, Graph& to) {
  const Node& node = from.node(id);
  if (const auto order = order_of_channels(from, node)) return reordered(to, planes, *order, node.name);
  const auto constant = constant_for_planes(from, id);
  if (!constant) return planes;
  const Value operand = to.emit_constant(*constant, node.name + "/constant");
  const bool first = constant_side(from, {id, 0})->constant_first();
  return to.emit(node.op, first ? std::vector{operand, planes} : std::vector{planes, operand}, node.name);
}

// Appends all nodes of a graph but those that `moved` has a value for already: their first outputs in the result.
void append_others(const Graph& graph, std::vector<std::optional<Value>> moved, Graph& result) {
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    if (moved[i]) continue;
    const Node& node = graph.nodes()[i];
    std::vector<Value> inputs;
    for (const Value value : node.inputs) inputs.push_back({moved[index_of(value.node)]->node, value.port});
    moved[i] = result.emit(node.op, std::move(inputs), node.name);
  }
  result.tidy();
}

// An empty graph of that name with planes of f32 in place of `input`.
std::pair<Graph, Value> begin_with_planes(const Graph& graph, NodeId input, Shape planes) {
  Graph result;
  result.name = graph.name;
  result.model_info = graph.model_info;
  const Node& from = graph.node(input);
  const Value value =
      result.emit(Parameter{ElementType::kF32, std::move(planes), std::get<Parameter>(from.op).further_names}, {}, from.name);
  return {std::move(result), value};
}

// The graph with planes of f32 as its input, of which the steps make what they made of `input`.
Graph with_planes(const Graph& graph, NodeId input, const std::vector<NodeId>& steps) {
  auto [result, planes] = begin_with_planes(graph, input, graph.shape({steps.back(), 0}));
  std::vector<std::optional<Value>> moved(graph.nodes().size());
  moved[index_of(input)] = planes;  // nobody else reads it
  for (const NodeId step : steps) {
    planes = step_on_planes(graph, step, planes, result);
    moved[index_of(step)] = planes;
  }
  append_others(graph, std::move(moved), result);
  return std::move(result);
}

// The graph with planes of f32 as its input, turned into what it takes.
Graph with_turned_planes(const Graph& graph, NodeId input) {
  const TensorType& type = graph.type({input, 0});
  const bool last = type.shape[1] != kChannels;
  const Shape shape = last ? Shape{1, kChannels, type.shape[1], type.shape[2]} : type.shape;
  auto [result, value] = begin_with_planes(graph, input, shape);
  if (last) value = result.emit(Transpose{}, {value, result.emit_constant(Tensor::of<std::int64_t>({4}, {0, 2, 3, 1}))}, "input/pixels");
  if (type.element != ElementType::kF32) value = result.emit(Convert{type.element}, {value}, "input/bytes");
  std::vector<std::optional<Value>> moved(graph.nodes().size());
  moved[index_of(input)] = value;
  append_others(graph, std::move(moved), result);
  return std::move(result);
}

}  // namespace

bool make_input_planar(Graph& graph) {
  const auto parameters = graph.parameters();
  if (parameters.size() != 1) return false;
  const TensorType& type = graph.type({parameters[0], 0});
  // Only these hold pixels exactly.
  if (type.shape.size() != 4 || (type.element != ElementType::kU8 && type.element != ElementType::kF32)) return false;
  const auto steps = steps_to_planes(graph, {parameters[0], 0});
  if (steps.empty() || graph.shape({steps.back(), 0})[1] != kChannels) return false;
  graph = with_planes(graph, parameters[0], steps);
  return true;
}

Status require_planar_input(Graph& graph) {
  const auto parameters = graph.parameters();
  if (parameters.size() != 1)
    return Error{ErrorCode::kUnsupported, "the graph has " + std::to_string(parameters.size()) + " inputs, expected one, the picture"};
  const Value input{parameters[0], 0};
  const TensorType type = graph.type(input);
  const bool is_picture = type.shape.size() == 4 && type.shape[0] == 1 && (type.shape[1] == kChannels || type.shape[3] == kChannels);
  if (!is_picture || (type.element != ElementType::kU8 && type.element != ElementType::kF32))
    return Error{ErrorCode::kUnsupported, "input '" + graph.node(input).name + "' is " + std::string(name_of(type.element)) +
                                              to_string(type.shape) +
                                              ", expected a picture, [1,3,height,width] or [1,height,width,3] of f32 or u8"};
  make_input_planar(graph);
  const Value made{graph.parameters()[0], 0};
  if (graph.shape(made)[1] != kChannels || graph.type(made).element != ElementType::kF32) graph = with_turned_planes(graph, made.node);
  return {};
}

}  // namespace octet::passes
