#include "passes/reverse_input_channels.h"

#include <algorithm>

#include "graph/evaluate.h"
#include "passes/match.h"

namespace octet::passes {
namespace {

constexpr std::int64_t kChannels = 3;

// A constant that has to be reversed along an axis.
struct ConstantEdit {
  NodeId reader;
  std::size_t input, axis;
};

// What must change so that a reversed input gives the same outputs; found without touching the graph.
class Plan {
 public:
  explicit Plan(const Graph& graph) : graph_(graph), reversed_(graph.nodes().size(), false) {}

  // False where the reversal cannot be moved into convolutions.
  bool make(NodeId parameter) {
    reversed_[index_of(parameter)] = true;
    for (std::size_t i = index_of(parameter) + 1; i < graph_.nodes().size(); ++i) {
      const Node& node = graph_.nodes()[i];
      if (std::none_of(node.inputs.begin(), node.inputs.end(), [&](Value input) { return is_reversed(input); })) continue;
      if (!visit(static_cast<NodeId>(i), node)) return false;
    }
    return true;
  }

  const std::vector<ConstantEdit>& edits() const { return edits_; }

 private:
  bool is_reversed(Value value) const { return reversed_[index_of(value.node)]; }

  bool visit(NodeId id, const Node& node) {
    if (std::holds_alternative<Convolution>(node.op)) {
      edits_.push_back({id, 1, 1});
      return !is_reversed(node.inputs[1]) && graph_.constant(node.inputs[1]);
    }
    reversed_[index_of(id)] = true;
    if (std::holds_alternative<Binary>(node.op) || std::holds_alternative<FakeQuantize>(node.op)) return visit_broadcast(id, node);
    if (std::holds_alternative<Pad>(node.op)) return pads_no_channel(node);
    return std::holds_alternative<Unary>(node.op) || std::holds_alternative<Clamp>(node.op) ||
           std::holds_alternative<Convert>(node.op) || std::holds_alternative<MaxPool>(node.op) ||
           std::holds_alternative<AvgPool>(node.op) || std::holds_alternative<Interpolate>(node.op);
  }

  bool visit_broadcast(NodeId id, const Node& node) {
    if (node.outputs[0].shape.size() != 4 || node.outputs[0].shape[1] != kChannels) return false;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Value input = node.inputs[i];
      const Shape& shape = graph_.shape(input);
      if (is_reversed(input) || shape.size() < 3 || shape[shape.size() - 3] == 1) continue;  // the same for each channel
      if (!graph_.constant(input)) return false;
      edits_.push_back({id, i, shape.size() - 3});
    }
    return true;
  }

  bool pads_no_channel(const Node& node) const {
    return to_vector<std::int64_t>(*graph_.constant(node.inputs[1]))[1] == 0 &&
           to_vector<std::int64_t>(*graph_.constant(node.inputs[2]))[1] == 0;
  }

  const Graph& graph_;
  std::vector<bool> reversed_;
  std::vector<ConstantEdit> edits_;
};

std::vector<std::int64_t> reversed_indices() { return {2, 1, 0}; }

Tensor reversed_along(const Tensor& tensor, std::size_t axis) {
  const Tensor inputs[] = {tensor, Tensor::of({kChannels}, reversed_indices()), Tensor::scalar(static_cast<std::int64_t>(axis))};
  const TensorType type{tensor.type(), tensor.shape()};
  return evaluate(Gather{}, inputs, std::span(&type, 1))[0];
}

void apply(Graph& graph, const std::vector<ConstantEdit>& edits) {
  for (const ConstantEdit& edit : edits) {
    const Value old = graph.node(edit.reader).inputs[edit.input];
    const Tensor reversed = reversed_along(*graph.constant(old), edit.axis);
    graph.set_input(edit.reader, edit.input, graph.emit_constant(reversed, graph.node(old).name));
  }
}

void gather_at_input(Graph& graph, Value parameter) {
  const Value indices = graph.emit_constant(Tensor::of({kChannels}, reversed_indices()));
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const auto readers = graph.readers(parameter.node);
  const Value reversed = graph.emit(Gather{}, {parameter, indices, axis}, graph.node(parameter).name + "/reverse_channels");
  for (const NodeId reader : readers)
    for (std::size_t i = 0; i < graph.node(reader).inputs.size(); ++i)
      if (graph.node(reader).inputs[i] == parameter) graph.set_input(reader, i, reversed);
}

}  // namespace

bool reverse_input_channels(Graph& graph) {
  bool changed = false;
  std::vector<std::string> names;
  for (const NodeId id : graph.parameters()) {
    const Shape& shape = graph.shape({id, 0});
    if (shape.size() == 4 && shape[1] == kChannels) names.push_back(graph.node(id).name);
  }
  for (const std::string& name : names) {
    const NodeId parameter = graph.find(name);
    Plan plan(graph);
    if (plan.make(parameter)) apply(graph, plan.edits());
    else gather_at_input(graph, {parameter, 0});
    graph.tidy();
    changed = true;
  }
  return changed;
}

}  // namespace octet::passes
