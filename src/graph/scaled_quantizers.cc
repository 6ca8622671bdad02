#include "graph/scaled_quantizers.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/patterns.h"
#include "graph/whole_steps.h"

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

// What stands in front of a quantizer: data * factors + offsets, either of which may be missing.
struct Moves {
  Value data;
  std::optional<Numbers> factors, offsets;
};

// The constant of `kind` in front of `data`, which becomes what it reads.
std::optional<Numbers> take_constant(const Graph& graph, BinaryKind kind, Value& data) {
  const auto side = constant_side(graph, data);
  if (!side || side->kind != kind || graph.shape(side->data) != graph.shape(data)) return std::nullopt;
  auto numbers = channel_values(*side->constant, graph.shape(data));
  if (!numbers || numbers->size() < 2 || (kind == BinaryKind::kMultiply && !all_positive(*numbers))) return std::nullopt;
  data = side->data;
  return numbers;
}

bool are_whole(const Numbers& numbers, double step) {
  return std::ranges::all_of(numbers, [step](double x) { return whole_steps(x, step).has_value(); });
}

// A sum in front of a quantizer may be the bias of a convolution, which stays, as does one that does not move by whole steps.
Moves moves_before(const Graph& graph, Value data, double step) {
  Moves moves{data, {}, {}};
  if (const auto side = constant_side(graph, data); side && !is_convolution(graph.node(side->data).op)) {
    moves.offsets = take_constant(graph, BinaryKind::kAdd, moves.data);
    if (moves.offsets && !are_whole(*moves.offsets, step)) return {data, {}, {}};
  }
  moves.factors = take_constant(graph, BinaryKind::kMultiply, moves.data);
  return moves;
}

void move_into_limits(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  const auto low = limit(graph, node, 1), high = limit(graph, node, 2);
  if (!low || !high || low->size() != 1 || high->size() != 1) return;
  const auto steps = static_cast<double>(std::get<FakeQuantize>(node.op).levels - 1);
  const Moves moves = moves_before(graph, node.inputs[0], (high->front() - low->front()) / steps);
  if (!moves.factors && !moves.offsets) return;
  Numbers lows, highs;
  for (std::size_t c = 0; c < static_cast<std::size_t>(node.outputs[0].shape[1]); ++c) {
    const double factor = moves.factors ? (*moves.factors)[c] : 1, offset = moves.offsets ? (*moves.offsets)[c] : 0;
    lows.push_back((low->front() - offset) / factor);
    highs.push_back((high->front() - offset) / factor);
  }
  const Value first = channel_constant(graph, lows, node.name + "/scaled_low"),
              last = channel_constant(graph, highs, node.name + "/scaled_high");
  replace_quantizer(graph, id, {moves.data, first, last, node.inputs[3], node.inputs[4]});
}

// Of a quantizer with limits of each channel for its input and one pair for its output.
struct ChannelLimits {
  Numbers in_low, in_high;
  double out_low, out_high;

  double range() const { return out_high - out_low; }
};

std::optional<ChannelLimits> channel_limits(const Graph& graph, const Node& node) {
  auto in_low = limit(graph, node, 1), in_high = limit(graph, node, 2);
  const auto out_low = limit(graph, node, 3), out_high = limit(graph, node, 4);
  if (!in_low || !in_high || !out_low || !out_high || out_low->size() != 1 || out_high->size() != 1) return std::nullopt;
  const auto channels = static_cast<std::size_t>(node.outputs[0].shape[1]);
  if (in_low->size() != channels || in_high->size() != channels || channels < 2) return std::nullopt;
  for (const std::size_t input : {1, 2})
    if (!is_per_channel(graph.shape(node.inputs[input]), node.outputs[0].shape)) return std::nullopt;
  return ChannelLimits{*std::move(in_low), *std::move(in_high), out_low->front(), out_high->front()};
}

// By what the limits of the input are to be multiplied for those of the output; nothing where it is not one positive number a channel.
std::optional<Numbers> factors_of_limits(const ChannelLimits& limits) {
  const bool by_high = std::fabs(limits.out_high) >= std::fabs(limits.out_low);
  Numbers factors;
  for (std::size_t c = 0; c < limits.in_low.size(); ++c) {
    const double low = limits.in_low[c], high = limits.in_high[c], factor = by_high ? limits.out_high / high : limits.out_low / low;
    const double other = by_high ? low * factor - limits.out_low : high * factor - limits.out_high;
    if (!(std::fabs(other) <= kTolerance * limits.range())) return std::nullopt;
    factors.push_back(factor);
  }
  return all_positive(factors) ? std::optional(factors) : std::nullopt;
}

// The same where each channel is moved by whole steps of the output as well; nothing where it is not.
std::optional<Moves> moves_of_limits(const Graph& graph, const Node& node) {
  const auto limits = channel_limits(graph, node);
  if (!limits) return std::nullopt;
  if (auto factors = factors_of_limits(*limits)) return Moves{node.inputs[0], std::move(factors), {}};
  const double step = limits->range() / static_cast<double>(std::get<FakeQuantize>(node.op).levels - 1);
  Numbers factors, offsets;
  for (std::size_t c = 0; c < limits->in_low.size(); ++c) {
    const double factor = limits->range() / (limits->in_high[c] - limits->in_low[c]);
    factors.push_back(std::fabs(factor - 1) <= kTolerance ? 1 : factor);
    const auto steps = whole_steps(limits->out_low - factors[c] * limits->in_low[c], step);
    if (!steps) return std::nullopt;
    offsets.push_back(*steps * step);
  }
  if (!all_positive(factors)) return std::nullopt;
  Moves moves{node.inputs[0], {}, std::move(offsets)};
  if (std::ranges::any_of(factors, [](double factor) { return factor != 1; })) moves.factors = std::move(factors);
  return moves;
}

void move_out_of_limits(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  const auto moves = moves_of_limits(graph, node);
  if (!moves) return;
  Value data = node.inputs[0];
  if (moves->factors)
    data = graph.emit(Binary{BinaryKind::kMultiply}, {data, channel_constant(graph, *moves->factors, node.name + "/scale_of_channels")},
                      node.name + "/scale");
  if (moves->offsets)
    data = graph.emit(Binary{BinaryKind::kAdd}, {data, channel_constant(graph, *moves->offsets, node.name + "/offset_of_channels")},
                      node.name + "/offset");
  replace_quantizer(graph, id, {data, node.inputs[3], node.inputs[4], node.inputs[3], node.inputs[4]});
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
