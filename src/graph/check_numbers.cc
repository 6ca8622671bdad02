#include "graph/check_numbers.h"

#include <algorithm>
#include <cmath>

#include "graph/patterns.h"

namespace octet {
namespace {

template <typename Predicate>
bool any_value(const Tensor& tensor, Predicate is_bad) {
  switch (tensor.type()) {
    case ElementType::kF32:
      return std::ranges::any_of(tensor.values<float>(), is_bad);
    case ElementType::kF64:
      return std::ranges::any_of(tensor.values<double>(), is_bad);
    case ElementType::kF16:
      return std::ranges::any_of(to_vector<float>(tensor), is_bad);
    default:
      return false;  // integers are numbers
  }
}

bool holds_nan(const Tensor& tensor) {
  return any_value(tensor, [](auto value) { return std::isnan(value); });
}

bool holds_infinity(const Tensor& tensor) {
  return any_value(tensor, [](auto value) { return std::isinf(value); });
}

Error damaged(const Node& node, std::string_view what) {
  return {ErrorCode::kMalformed, "node '" + node.name + "': " + std::string(what) + "; the file is damaged, fetch or export it again"};
}

// From weights back to the constant that they are stored in: at most FakeQuantize or Multiply, Subtract, Convert, and a Reshape.
constexpr int kStepsToStoredWeights = 5;

Status check_weights(const Graph& graph, Value weights) {
  for (int step = 0; step < kStepsToStoredWeights; ++step) {
    if (const Tensor* constant = graph.constant(weights); constant && holds_infinity(*constant))
      return damaged(graph.node(weights), "weights that are infinite");
    const auto& inputs = graph.node(weights).inputs;
    if (inputs.empty()) return {};
    for (const Value input : std::span(inputs).subspan(1))
      if (const Tensor* scale = graph.constant(input); scale && holds_infinity(*scale))
        return damaged(graph.node(input), "a scale of weights that is infinite");
    weights = inputs[0];
  }
  return {};
}

}  // namespace

Status check_numbers(const Graph& graph) {
  for (const Node& node : graph.nodes()) {
    const auto* constant = std::get_if<Constant>(&node.op);
    if (constant && holds_nan(constant->value)) return damaged(node, "its values are not all numbers");
    if (is_convolution(node.op) || std::holds_alternative<MatMul>(node.op)) OCTET_RETURN_IF_ERROR(check_weights(graph, node.inputs[1]));
  }
  return {};
}

}  // namespace octet
