#include "passes/passes.h"

#include <span>

#include "graph/evaluate.h"
#include "passes/rewrite.h"
#include "passes/stored_weights.h"

namespace octet::passes {
namespace {

// The inputs of a node if they are all known; nothing for what has none or does not compute.
std::vector<Tensor> constant_inputs(const Graph& graph, const Node& node) {
  if (std::holds_alternative<Output>(node.op)) return {};
  std::vector<Tensor> values;
  for (const Value input : node.inputs) {
    const Tensor* value = graph.constant(input);
    if (!value) return {};
    values.push_back(*value);
  }
  return values;
}

std::vector<Tensor> known_outputs(const Graph& graph, const Node& node) {
  if (const auto* shape_of = std::get_if<ShapeOf>(&node.op)) {
    const Shape& shape = graph.shape(node.inputs[0]);
    return {converted(Tensor::of<std::int64_t>({static_cast<std::int64_t>(shape.size())}, shape), shape_of->type)};
  }
  const auto inputs = constant_inputs(graph, node);
  return inputs.empty() ? std::vector<Tensor>{} : evaluate(node.op, inputs, node.outputs);
}

// The longest way from a stored constant to the value that is wanted, in operations that keep its size.
constexpr std::int64_t kStepsOfAConstant = 8;

std::int64_t elements_of_constants(const Graph& graph) {
  std::int64_t elements = 0;
  for (const Node& node : graph.nodes())
    if (const auto* constant = std::get_if<Constant>(&node.op)) elements += constant->value.size();
  return elements;
}

// Elements that may still be made.
class Budget {
 public:
  Budget(const Graph& graph, const FoldLimits& limits)
      : of_one_(limits.elements), left_(limits.total + kStepsOfAConstant * elements_of_constants(graph)) {}

  bool fits(const Node& node) const {
    std::int64_t sum = 0;
    for (const TensorType& output : node.outputs) {
      const std::int64_t elements = element_count(output.shape);
      if (elements > of_one_) return false;
      sum += elements;
    }
    return sum <= left_;
  }
  void take(std::span<const Tensor> values) {
    for (const Tensor& value : values) left_ -= value.size();
  }

 private:
  std::int64_t of_one_, left_;
};

}  // namespace

bool fold_constants(Graph& graph, const FoldLimits& limits) {
  const auto stays = stored_weights(graph);
  Budget budget(graph, limits);
  return rewrite_each(graph, [&](Value value) {
    const NodeId id = value.node;
    if (stays[index_of(id)] || !budget.fits(graph.node(id))) return false;
    const auto values = known_outputs(graph, graph.node(id));
    budget.take(values);
    for (std::size_t port = 0; port < values.size(); ++port)
      replace(graph, {id, static_cast<std::uint32_t>(port)}, graph.emit_constant(values[port]));
    return !values.empty();
  });
}

}  // namespace octet::passes
