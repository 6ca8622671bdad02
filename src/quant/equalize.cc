#include "quant/equalize.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "graph/patterns.h"
#include "quant/channels.h"

namespace octet::quant {
namespace {

// The share of a channel's range that moves into the weights that read it: 1 makes all activations alike, 0 all weights. Rounding
// activations loses more; chosen on train2017, docs/quantization-experiments.md.
constexpr double kIntoWeights = 0.75;
constexpr double kLeastShare = 1e-3;  // of a range; what is smaller is noise
constexpr std::size_t kNodesTogether = 32;

class Equalizer {
 public:
  Equalizer(Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers, const ChannelOffsets& offsets,
            double spread, int threads)
      : graph_(graph), plan_(plan), observers_(observers), offsets_(offsets), spread_(spread), threads_(threads), links_(graph) {}

  void run() {
    choose_factors();
    const std::size_t nodes = graph_.nodes().size();  // new constants follow
    // Some at a time, as the weights of all may be as much memory as the model.
    for (std::size_t first = 0; first < nodes; first += kNodesTogether) {
      std::vector<std::vector<float>> weights(std::min(kNodesTogether, nodes - first));
      const auto id = [first](std::size_t i) { return static_cast<NodeId>(first + i); };
      parallel_for_each(threads_, weights.size(), [&](int, std::size_t i) { weights[i] = rescaled_weights(id(i)); });
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i].empty() ? rescale(id(i)) : replace(id(i), 1, weights[i]);
    }
    graph_.tidy();
  }

 private:
  void choose_factors() {
    const std::vector<double> ranges = shares_of_ranges(), weights = shares_of_weights();
    factors_.assign(links_.count(), 1.0);
    for (std::size_t factor = ChannelLinks::kFixed + 1; factor < factors_.size(); ++factor)
      if (ranges[factor] > 0)
        factors_[factor] = std::pow(std::max(ranges[factor], kLeastShare), kIntoWeights) /
                           std::pow(std::max(weights[factor] > 0 ? weights[factor] : 1.0, kLeastShare), 1 - kIntoWeights);
  }

  // Of a channel as it lies, with zero.
  double typical_range(Value value, std::size_t channel) const {
    const RangeObserver& observer = observers_.at(value);
    const auto offsets = offsets_.find(value);
    const double offset = offsets == offsets_.end() ? 0 : offsets->second[channel];
    return std::max(0.0, observer.typical_max(channel, spread_) - offset) - std::min(0.0, observer.typical_min(channel, spread_) - offset);
  }

  // For each factor the range of its widest channel, as a part of the range that its tensor's scale has to cover.
  std::vector<double> shares_of_ranges() const {
    std::vector<double> of_group(plan_.groups), shares(links_.count());
    for_each_observed_channel(
        [&](const Point& point, ChannelLinks::Factor, double range) { of_group[point.group] = std::max(of_group[point.group], range); });
    for_each_observed_channel([&](const Point& point, ChannelLinks::Factor factor, double range) {
      if (of_group[point.group] > 0) shares[factor] = std::max(shares[factor], range / of_group[point.group]);
    });
    return shares;
  }

  template <typename F>
  void for_each_observed_channel(F&& f) const {
    for (const Point& point : plan_.points) {
      if (point.per_channel || graph_.shape(point.value).size() != 4) continue;
      const auto factors = links_.factors(point.value);
      for (std::size_t c = 0; c < factors.size(); ++c) f(point, factors[c], typical_range(point.value, c));
    }
  }

  // For each factor the largest weight that reads it, as a part of the largest one under the same scale. A depthwise convolution
  // has a scale for each channel and does not mind.
  std::vector<double> shares_of_weights() const {
    const auto& nodes = graph_.nodes();
    std::vector<std::vector<double>> of_inputs(nodes.size());
    parallel_for_each(threads_, nodes.size(), [&](int, std::size_t i) { of_inputs[i] = shares_of_inputs(nodes[i]); });
    std::vector<double> shares(links_.count());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (of_inputs[i].empty()) continue;
      const auto factors = links_.factors(nodes[i].inputs[0]);
      for (std::size_t c = 0; c < of_inputs[i].size(); ++c) shares[factors[c]] = std::max(shares[factors[c]], of_inputs[i][c]);
    }
    return shares;
  }

  // The same for each input channel of a convolution whose weights share scales; of other nodes none.
  std::vector<double> shares_of_inputs(const Node& node) const {
    if (!has_known_weights(graph_, node)) return {};
    const ConvolutionGeometry conv = *convolution_geometry(graph_, node);
    if (conv.is_depthwise()) return {};
    const auto weights = graph_.constant(node.inputs[1])->values<float>();
    std::vector<float> largest(static_cast<std::size_t>(conv.outputs()));
    std::vector<double> shares(static_cast<std::size_t>(conv.inputs()));
    for_each_weight(conv, [&](std::size_t o, std::size_t, std::size_t at) { largest[o] = std::max(largest[o], std::fabs(weights[at])); });
    for_each_weight(conv, [&](std::size_t o, std::size_t i, std::size_t at) {
      if (largest[o] > 0) shares[i] = std::max(shares[i], static_cast<double>(std::fabs(weights[at]) / largest[o]));
    });
    return shares;
  }

  void rescale(NodeId id) {
    const Node& node = graph_.node(id);
    if (scales_channels(graph_, {id, 0})) return rescale_product(id);
    const auto* binary = std::get_if<Binary>(&node.op);
    if (!binary || binary->kind != BinaryKind::kAdd || node.outputs[0].shape.size() != 4) return;
    for (std::size_t input = 0; input < 2; ++input)
      if (graph_.constant(node.inputs[input])) rescale_bias(id, input);
  }

  // None where they stay as they are, and of what is no convolution.
  std::vector<float> rescaled_weights(NodeId id) const {
    const Node& node = graph_.node(id);
    if (!has_known_weights(graph_, node)) return {};
    const std::vector<double> from = values_of(node.inputs[0]), to = values_of({id, 0});
    if (all_one(from) && all_one(to)) return {};
    std::vector<float> weights = to_vector<float>(*graph_.constant(node.inputs[1]));
    for_each_weight(*convolution_geometry(graph_, node), [&](std::size_t o, std::size_t i, std::size_t at) {
      weights[at] = static_cast<float>(static_cast<double>(weights[at]) * from[i] / to[o]);
    });
    return weights;
  }

  void rescale_bias(NodeId id, std::size_t input) {
    const std::vector<double> to = values_of({id, 0});
    if (all_one(to)) return;
    std::vector<float> bias = to_vector<float>(*graph_.constant(graph_.node(id).inputs[input]));
    for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(static_cast<double>(bias[c]) / to[c]);
    replace(id, input, bias);
  }

  // A product with ones goes.
  void rescale_product(NodeId id) {
    const ConstantSide side = *constant_side(graph_, {id, 0});
    const std::vector<double> from = values_of(side.data), to = values_of({id, 0});
    std::vector<float> scale = to_vector<float>(*side.constant);
    for (std::size_t c = 0; c < scale.size(); ++c) scale[c] = static_cast<float>(static_cast<double>(scale[c]) * from[c] / to[c]);
    if (std::ranges::all_of(scale, [](float factor) { return factor == 1; })) return graph_.replace_uses({id, 0}, side.data);
    if (!all_one(from) || !all_one(to)) replace(id, side.input, scale);
  }

  void replace(NodeId id, std::size_t input, std::span<const float> values) {
    const Value old = graph_.node(id).inputs[input];
    const Shape shape = graph_.shape(old);
    graph_.set_input(id, input, graph_.emit_constant(Tensor::of<float>(shape, values), graph_.node(old).name));
  }

  std::vector<double> values_of(Value image) const {
    std::vector<double> values;
    for (const ChannelLinks::Factor factor : links_.factors(image)) values.push_back(factors_[factor]);
    return values;
  }

  static bool all_one(const std::vector<double>& values) {
    return std::ranges::all_of(values, [](double value) { return value == 1; });
  }

  Graph& graph_;
  const QuantizationPlan& plan_;
  const std::map<Value, RangeObserver>& observers_;
  const ChannelOffsets& offsets_;
  const double spread_;
  const int threads_;
  const ChannelLinks links_;
  std::vector<double> factors_;
};

// Whether a node is a function of each element of what a convolution computes, perhaps with a bias. A Clamp has made its channels alike.
bool is_activation_of_convolution(const Graph& graph, const Node& node) {
  if (!std::holds_alternative<Unary>(node.op)) return false;
  Value data = node.inputs[0];
  if (const auto side = constant_side(graph, data); side && side->kind == BinaryKind::kAdd) data = side->data;
  return is_convolution(graph.node(data).op);
}

bool gains_by_scale(const Graph& graph, const ChannelLinks& links, const Point& point) {
  const Node& node = graph.node(point.value);
  if (point.per_channel || graph.shape(point.value).size() != 4 || !is_activation_of_convolution(graph, node)) return false;
  if (graph.reader_count(point.value.node) != point.edges.size()) return false;
  return std::ranges::all_of(links.factors(point.value), [](ChannelLinks::Factor factor) { return factor == ChannelLinks::kFixed; });
}

}  // namespace

void insert_scales(Graph& graph) {
  const QuantizationPlan plan = plan_quantization(graph);
  const ChannelLinks links(graph);
  for (const Point& point : plan.points) {
    if (!gains_by_scale(graph, links, point)) continue;
    const std::vector<float> ones(static_cast<std::size_t>(graph.shape(point.value)[1]), 1.0f);
    const Shape shape{1, static_cast<std::int64_t>(ones.size()), 1, 1};
    const std::string name = graph.node(point.value).name + "/scale";
    const Value scale = graph.emit_constant(Tensor::of<float>(shape, ones), name + "_of_channels");
    const Value scaled = graph.emit(Binary{BinaryKind::kMultiply}, {point.value, scale}, name);
    for (const Edge& edge : point.edges) graph.set_input(edge.reader, edge.input, scaled);
  }
  graph.tidy();
}

void equalize_channels(Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers,
                       const ChannelOffsets& offsets, double spread, int threads) {
  Equalizer(graph, plan, observers, offsets, spread, std::max(1, threads)).run();
}

}  // namespace octet::quant
