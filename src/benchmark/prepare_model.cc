#include "benchmark/prepare_model.h"

#include <algorithm>

namespace octet {
namespace {

// Copies a graph node by node, so that nodes can be put between and types inferred anew.
class Rebuilt {
 public:
  explicit Rebuilt(const Graph& from) : from_(from), moved_(from.nodes().size()) {
    graph.name = from.name;
    graph.model_info = from.model_info;
  }

  Graph graph;

  Value moved(Value value) const { return {moved_[index_of(value.node)].node, moved_[index_of(value.node)].port + value.port}; }
  void put(NodeId id, Value value) { moved_[index_of(id)] = value; }

  Status copy(NodeId id) {
    const Node& node = from_.node(id);
    std::vector<Value> inputs;
    for (const Value input : node.inputs) inputs.push_back(moved(input));
    OCTET_ASSIGN(const NodeId copied, graph.add(node.op, std::move(inputs), node.name));
    put(id, {copied, 0});
    return {};
  }

 private:
  const Graph& from_;
  std::vector<Value> moved_;  // first output of each node in the copy
};

Value to_type(Graph& graph, Value value, ElementType type, const std::string& name) {
  return graph.type(value).element == type ? value : graph.emit(Convert{type}, {value}, name);
}

// One number, or one a channel in the channels' dimension.
Result<Value> channel_constant(Graph& graph, const ModelInput& input, const std::vector<double>& values, const std::string& name) {
  Shape shape(input.type.shape.size(), 1);
  if (values.size() > 1) {
    const auto channels = input.layout.find('C', shape.size());
    const auto count = static_cast<std::int64_t>(values.size());
    if (!channels || input.type.shape[*channels] != count)
      return Error{ErrorCode::kInvalidArgument, "input '" + input.name + "' " + to_string(input.type.shape) + " of layout " +
                                                    input.layout.to_string() + " has not " + std::to_string(count) + " channels, as " +
                                                    name + " values are given"};
    shape[*channels] = count;
  }
  std::vector<float> floats(values.begin(), values.end());
  return graph.emit_constant(Tensor::of(std::move(shape), floats), input.name + "/" + name);
}

// Puts a parameter and what is done to its values.
Result<Value> add_input(Graph& graph, const ModelInput& input, ElementType given) {
  Value value = graph.emit(Parameter{given, input.type.shape}, {}, input.name);
  if (!input.mean.empty() || !input.scale.empty()) value = to_type(graph, value, ElementType::kF32, input.name + "/f32");
  if (!input.mean.empty()) {
    OCTET_ASSIGN(const Value mean, channel_constant(graph, input, input.mean, "mean"));
    value = graph.emit(Binary{BinaryKind::kSubtract}, {value, mean}, input.name + "/subtract_mean");
  }
  if (!input.scale.empty()) {
    OCTET_ASSIGN(const Value scale, channel_constant(graph, input, input.scale, "scale"));
    value = graph.emit(Binary{BinaryKind::kDivide}, {value, scale}, input.name + "/divide_by_scale");
  }
  return to_type(graph, value, input.type.element, input.name + "/convert");
}

bool takes_picture(std::span<const ModelInput> inputs) {
  return inputs.size() == 1 && inputs[0].given == ElementType::kU8 && inputs[0].type.element == ElementType::kF32 &&
         inputs[0].layout.to_string() == "[N,C,H,W]" && inputs[0].type.shape.size() == 4;
}

Error no_such(const char* what, const std::string& name) {
  return {ErrorCode::kInvalidArgument, std::string("the model has no ") + what + " '" + name + "'"};
}

}  // namespace

Result<Graph> with_input_shapes(const Graph& graph, const std::map<std::string, Shape>& shapes) {
  Rebuilt rebuilt(graph);
  std::size_t found = 0;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const NodeId id{static_cast<std::uint32_t>(i)};
    const Node& node = graph.node(id);
    const auto shape = std::holds_alternative<Parameter>(node.op) ? shapes.find(node.name) : shapes.end();
    if (shape == shapes.end()) {
      OCTET_RETURN_IF_ERROR(rebuilt.copy(id));
      continue;
    }
    ++found;
    OCTET_ASSIGN(const NodeId input, rebuilt.graph.add(Parameter{node.outputs[0].element, shape->second}, {}, node.name));
    rebuilt.put(id, {input, 0});
  }
  if (found != shapes.size())
    for (const auto& [name, shape] : shapes)
      if (std::ranges::none_of(graph.parameters(), [&](NodeId id) { return graph.node(id).name == name; })) return no_such("input", name);
  return std::move(rebuilt.graph);
}

Result<PreparedModel> prepared_model(const Graph& graph, std::span<const ModelInput> inputs,
                                     const std::map<std::string, ElementType>& output_types) {
  const bool picture = takes_picture(inputs);
  Rebuilt rebuilt(graph);
  std::size_t next_input = 0, typed_outputs = 0;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const NodeId id{static_cast<std::uint32_t>(i)};
    const Node& node = graph.node(id);
    if (std::holds_alternative<Parameter>(node.op)) {
      const ModelInput& input = inputs[next_input++];
      OCTET_ASSIGN(const Value value, add_input(rebuilt.graph, input, picture ? input.type.element : input.given));
      rebuilt.put(id, value);
      continue;
    }
    const auto type = std::holds_alternative<Output>(node.op) ? output_types.find(node.name) : output_types.end();
    if (type == output_types.end()) {
      OCTET_RETURN_IF_ERROR(rebuilt.copy(id));
      continue;
    }
    ++typed_outputs;
    const Value converted = to_type(rebuilt.graph, rebuilt.moved(node.inputs[0]), type->second, node.name + "/convert");
    rebuilt.graph.emit(Output{}, {converted}, node.name);
  }
  if (typed_outputs != output_types.size())
    for (const auto& [name, type] : output_types)
      if (std::ranges::none_of(graph.outputs(), [&](NodeId id) { return graph.node(id).name == name; })) return no_such("output", name);
  return PreparedModel{std::move(rebuilt.graph), picture};
}

}  // namespace octet
