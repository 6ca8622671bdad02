#include "passes/stored_weights.h"

#include "graph/patterns.h"

namespace octet::passes {
namespace {

bool is_stored_integer(const Graph& graph, Value value) {
  const Tensor* constant = graph.constant(value);
  return constant && (constant->type() == ElementType::kI8 || constant->type() == ElementType::kU8);
}

// Walks from the weights back to the constant, and marks the way if it is one of those in the header.
class Marker {
 public:
  explicit Marker(const Graph& graph) : graph_(graph), marked_(graph.nodes().size(), false) {}

  void mark(Value weights) {
    way_.clear();
    step_over<Reshape>(weights);
    if (op_of<FakeQuantize>(graph_, weights)) {
      if (graph_.constant(take(weights))) commit();
      return;
    }
    if (!is_binary(graph_, weights, BinaryKind::kMultiply)) return;
    weights = take(weights);
    if (is_binary(graph_, weights, BinaryKind::kSubtract)) weights = take(weights);
    if (op_of<Convert>(graph_, weights) && is_stored_integer(graph_, take(weights))) commit();
  }

  std::vector<bool> marks() { return std::move(marked_); }

 private:
  Value take(Value value) {
    way_.push_back(value.node);
    return graph_.node(value).inputs[0];
  }

  template <typename T>
  void step_over(Value& value) {
    if (op_of<T>(graph_, value)) value = take(value);
  }

  void commit() {
    for (const NodeId node : way_) marked_[index_of(node)] = true;
  }

  const Graph& graph_;
  std::vector<bool> marked_;
  std::vector<NodeId> way_;
};

}  // namespace

std::vector<bool> stored_weights(const Graph& graph) {
  Marker marker(graph);
  for (const Node& node : graph.nodes())
    if (is_convolution(node.op) || std::holds_alternative<MatMul>(node.op)) marker.mark(node.inputs[1]);
  return marker.marks();
}

}  // namespace octet::passes
