#include "quant/price.h"

#include <algorithm>
#include <map>

#include "graph/patterns.h"

namespace octet::quant {
namespace {

// Picoseconds of a product and of a byte that is read or written, with AVX-512 VNNI.
constexpr double kDenseInteger = 3.5, kDenseFloat = 15, kDepthwiseInteger = 7, kDepthwiseFloat = 10, kByte = 40;
constexpr double kCurved = 120;  // a value of an activation of exponentials, which is computed in float in any case
constexpr double kFloatBytes = 4;

double elements(const Graph& graph, Value value) { return static_cast<double>(element_count(graph.shape(value))); }

double price_of_products(const Graph& graph, NodeId layer, bool integer) {
  const auto conv = convolution_geometry(graph, graph.node(layer));
  if (!conv) return 0;
  const double products = elements(graph, {layer, 0}) * static_cast<double>(conv->filter());
  if (conv->is_depthwise()) return products * (integer ? kDepthwiseInteger : kDepthwiseFloat);
  return products * (integer ? kDenseInteger : kDenseFloat);
}

double price_of_reading(const Graph& graph, NodeId layer, bool integer) {
  double bytes = 0;
  for (const Value input : graph.node(layer).inputs)
    if (!graph.constant(input)) bytes += elements(graph, input) * (integer ? 1 : kFloatBytes);
  return bytes * kByte;
}

// A value that all its readers take as bytes is made as such; one that some take as floats is written as floats, read again and rounded.
double price_of_writing(const Graph& graph, const Point& all, const Point* chosen) {
  double bytes = kFloatBytes;
  if (chosen) bytes = graph.reader_count(all.value.node) == chosen->edges.size() ? 1 : kFloatBytes + kFloatBytes + 1;
  return elements(graph, all.value) * bytes * kByte;
}

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
  std::map<Value, const Point*> points;
  for (const Point& point : chosen.points) points[point.value] = &point;
  double sum = price_of_activations(graph);
  for (const NodeId layer : all.layers) {
    const bool integer = std::ranges::binary_search(chosen.layers, layer);
    sum += price_of_products(graph, layer, integer) + price_of_reading(graph, layer, integer);
  }
  for (const Point& point : all.points) {
    const auto found = points.find(point.value);
    sum += price_of_writing(graph, point, found == points.end() ? nullptr : found->second);
  }
  return sum;
}

}  // namespace octet::quant
