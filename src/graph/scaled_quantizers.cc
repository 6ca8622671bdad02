#include "graph/scaled_quantizers.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/patterns.h"

namespace octet {
namespace {

using Numbers = std::vector<double>;

constexpr double kTolerance = 1e-5;  // of quotients of limits that are one factor

// The values of limit `input` (1 to 4) of a FakeQuantize of images; nothing where they are unknown.
std::optional<Numbers> limit(const Graph& graph, const Node& node, std::size_t input) {
  const Tensor* constant = graph.constant(node.inputs[input]);
  if (!constant || constant->type() != ElementType::kF32) return std::nullopt;
  return to_vector<double>(*constant);
}

bool is_image_quantizer(const Node& node) { return std::holds_alternative<FakeQuantize>(node.op) && node.outputs[0].shape.size() == 4; }

bool all_positive(const Numbers& numbers) {
  return std::ranges::all_of(numbers, [](double x) { return x > 0 && std::isfinite(x); });
}

Value channel_constant(Graph& graph, const Numbers& numbers, const std::string& name) {
  const std::vector<float> floats(numbers.begin(), numbers.end());
  return graph.emit_constant(Tensor::of<float>({1, static_cast<std::int64_t>(floats.size()), 1, 1}, floats), name);
}

// Another one of the same name.
void replace_quantizer(Graph& graph, NodeId id, std::vector<Value> inputs) {
  const Op op = graph.node(id).op;
  const std::string name = graph.node(id).name;
  graph.rename(id, name + "/replaced");
  graph.replace_uses({id, 0}, graph.emit(op, std::move(inputs), name));
}

void move_into_limits(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  const auto side = constant_side(graph, node.inputs[0]);
  if (!side || side->kind != BinaryKind::kMultiply || graph.shape(side->data) != node.outputs[0].shape) return;
  const auto scale = channel_values(*side->constant, node.outputs[0].shape);
  const auto low = limit(graph, node, 1), high = limit(graph, node, 2);
  if (!scale || scale->size() < 2 || !all_positive(*scale) || !low || !high || low->size() != 1 || high->size() != 1) return;
  Numbers lows, highs;
  for (const double factor : *scale) {
    lows.push_back(low->front() / factor);
    highs.push_back(high->front() / factor);
  }
  const Value first = channel_constant(graph, lows, node.name + "/scaled_low"),
              last = channel_constant(graph, highs, node.name + "/scaled_high");
  replace_quantizer(graph, id, {side->data, first, last, node.inputs[3], node.inputs[4]});
}

// By what the limits of the input are to be multiplied for those of the output; nothing where it is not one positive number a channel.
std::optional<Numbers> factors_of_limits(const Graph& graph, const Node& node) {
  const auto in_low = limit(graph, node, 1), in_high = limit(graph, node, 2), out_low = limit(graph, node, 3),
             out_high = limit(graph, node, 4);
  if (!in_low || !in_high || !out_low || !out_high || out_low->size() != 1 || out_high->size() != 1) return std::nullopt;
  const auto channels = static_cast<std::size_t>(node.outputs[0].shape[1]);
  if (in_low->size() != channels || in_high->size() != channels || channels < 2) return std::nullopt;
  for (const std::size_t input : {1, 2})
    if (!is_per_channel(graph.shape(node.inputs[input]), node.outputs[0].shape)) return std::nullopt;
  const bool by_high = std::fabs(out_high->front()) >= std::fabs(out_low->front());
  Numbers factors;
  for (std::size_t c = 0; c < channels; ++c) {
    const double factor = by_high ? out_high->front() / (*in_high)[c] : out_low->front() / (*in_low)[c];
    const double other = by_high ? (*in_low)[c] * factor - out_low->front() : (*in_high)[c] * factor - out_high->front();
    if (!(std::fabs(other) <= kTolerance * (out_high->front() - out_low->front()))) return std::nullopt;
    factors.push_back(factor);
  }
  return all_positive(factors) ? std::optional(factors) : std::nullopt;
}

void move_out_of_limits(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  const auto factors = factors_of_limits(graph, node);
  if (!factors) return;
  const Value scale = channel_constant(graph, *factors, node.name + "/scale_of_channels");
  const Value scaled = graph.emit(Binary{BinaryKind::kMultiply}, {node.inputs[0], scale}, node.name + "/scale");
  replace_quantizer(graph, id, {scaled, node.inputs[3], node.inputs[4], node.inputs[3], node.inputs[4]});
}

void for_each_quantizer(Graph& graph, void (*f)(Graph&, NodeId)) {
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i)
    if (const auto id = static_cast<NodeId>(i); is_image_quantizer(graph.node(id))) f(graph, id);
  graph.tidy();
}

}  // namespace

void scales_into_limits(Graph& graph) { for_each_quantizer(graph, move_into_limits); }
void scales_out_of_limits(Graph& graph) { for_each_quantizer(graph, move_out_of_limits); }

}  // namespace octet
