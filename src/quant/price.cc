#include "quant/price.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "graph/patterns.h"
#include "quant/channels.h"

namespace octet::quant {
namespace {

// Picoseconds of a product, and of a value that is read or written as a byte or a float, with AVX-512 VNNI.
constexpr double kDenseInteger = 3.5, kDenseFloat = 15, kDepthwise = 7, kByte = 40, kFloat = 72;
constexpr double kSum = 260;     // more, of a value of a sum in floats
constexpr double kCurved = 120;  // a value of an activation of exponentials, which is computed in float in any case

double elements(const Graph& graph, Value value) { return static_cast<double>(element_count(graph.shape(value))); }

double price_of_products(const Graph& graph, NodeId layer, bool integer) {
  const auto conv = convolution_geometry(graph, graph.node(layer));
  if (!conv) return 0;
  const double products = elements(graph, {layer, 0}) * static_cast<double>(conv->filter());
  if (conv->is_depthwise()) return products * kDepthwise;
  return products * (integer ? kDenseInteger : kDenseFloat);
}

// What a model in floats costs where `chosen` computes in integers.
class Traffic {
 public:
  Traffic(const Graph& graph, const QuantizationPlan& all, const QuantizationPlan& chosen) : graph_(graph), chosen_(chosen) {
    for (const NodeId layer : all.layers)
      if (!is_integer(layer)) find_term_in_registers(layer);
  }

  bool is_integer(NodeId layer) const { return std::ranges::binary_search(chosen_.layers, layer); }

  double price_of_reading(NodeId layer) const {
    double sum = summed_.contains(layer) ? elements(graph_, {layer, 0}) * kSum : 0;
    for (const Value input : graph_.node(layer).inputs)
      if (!graph_.constant(input) && !in_registers_.contains(input)) sum += elements(graph_, input) * (is_integer(layer) ? kByte : kFloat);
    return sum;
  }

  // A value that all its readers take as bytes is made as such, or rounded by a step of its own; one that some take as floats is written as
  // floats and, where it does not come out of a convolution's registers as both, read again and rounded.
  double price_of_writing(const Point& all, const Point* chosen) const {
    if (in_registers_.contains(all.value)) return 0;
    double each = kFloat;
    if (chosen && graph_.reader_count(all.value.node) == chosen->edges.size())
      each = kByte + passes_in_floats(all.value) * 2 * kFloat;
    else if (chosen)
      each = kFloat + kByte + (summed_.contains(all.value.node) || ends_in_integer_pixels(all.value) ? 0 : kFloat);
    return elements(graph_, all.value) * each;
  }

 private:
  // A sum in floats is made by the convolution whose result is one of its terms and nothing else.
  void find_term_in_registers(NodeId layer) {
    if (!is_binary(graph_, {layer, 0}, BinaryKind::kAdd)) return;
    for (const Value term : graph_.node(layer).inputs)
      if (!summed_.contains(layer) && graph_.reader_count(term.node) == 1 && ends_in_integer_pixels(term)) {
        summed_.insert(layer);
        in_registers_.insert(term);
      }
  }

  struct Origin {
    NodeId convolution{};
    bool is_curved = false, is_scaled = false;  // its activation; what that gives, or is moved
  };

  // The convolution that gives a value, with its bias, activation and scale.
  std::optional<Origin> origin_of(Value value) const {
    for (Origin origin;;) {
      const Node& node = graph_.node(value);
      origin.convolution = value.node;
      if (is_convolution(node.op)) return origin;
      const auto side = constant_side(graph_, value);
      const auto* unary = std::get_if<Unary>(&node.op);
      if (side && side->kind != BinaryKind::kAdd && side->kind != BinaryKind::kMultiply) return std::nullopt;
      if (!side && !unary && !std::holds_alternative<Clamp>(node.op) && !std::holds_alternative<PRelu>(node.op)) return std::nullopt;
      origin.is_scaled = origin.is_scaled || (side && side->kind == BinaryKind::kMultiply) || moves_channels(graph_, value);
      origin.is_curved = origin.is_curved || (unary && unary->kind != UnaryKind::kRelu);
      value = side ? side->data : node.inputs[0];
      if (graph_.reader_count(value.node) != 1) return std::nullopt;
    }
  }

  // Whether a convolution of single pixels in integers gives a value.
  bool ends_in_integer_pixels(Value value) const {
    const auto origin = origin_of(value);
    if (!origin || !is_integer(origin->convolution)) return false;
    const auto conv = convolution_geometry(graph_, graph_.node(origin->convolution));
    return conv->groups == 1 && conv->taps() == 1;
  }

  // Steps that go over a value before it is bytes: a convolution in floats leaves its scale and its rounding to such, but for depthwise
  // ones without a curve, which round themselves.
  double passes_in_floats(Value value) const {
    const auto origin = origin_of(value);
    if (!origin || is_integer(origin->convolution)) return 0;
    const bool rounds =
        convolution_geometry(graph_, graph_.node(origin->convolution))->is_depthwise() && !origin->is_curved && !origin->is_scaled;
    return rounds ? 0 : origin->is_scaled ? 2 : 1;
  }

  const Graph& graph_;
  const QuantizationPlan& chosen_;
  std::set<Value> in_registers_;
  std::set<NodeId> summed_;
};

double price_of_activations(const Graph& graph) {
  double values = 0;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const auto* unary = std::get_if<Unary>(&graph.nodes()[i].op);
    if (unary && unary->kind != UnaryKind::kRelu) values += elements(graph, {static_cast<NodeId>(i), 0});
  }
  return values * kCurved;
}

}  // namespace

double price(const Graph& graph, const QuantizationPlan& all, const QuantizationPlan& chosen) {
  const Traffic traffic(graph, all, chosen);
  std::map<Value, const Point*> points;
  for (const Point& point : chosen.points) points[point.value] = &point;
  double sum = price_of_activations(graph);
  for (const NodeId layer : all.layers) sum += price_of_products(graph, layer, traffic.is_integer(layer)) + traffic.price_of_reading(layer);
  for (const Point& point : all.points) {
    const auto found = points.find(point.value);
    sum += traffic.price_of_writing(point, found == points.end() ? nullptr : found->second);
  }
  return sum;
}

}  // namespace octet::quant
