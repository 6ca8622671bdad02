#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace octet::quant {

// Nodes of a quantized graph that compute on quantized data, upstream first: convolutions and what else computes in integers.
std::vector<NodeId> quantized_layers(const Graph& quantized);

// The quantizers whose result an input of a node is, through what only moves values. Empty for floats.
std::vector<NodeId> quantizers_of(const Graph& quantized, Value input);

// Where a graph's own outputs begin: the values that they are of, but for a DetectionOutput its box codes and class scores, since what a
// list of boxes loses is not a matter of degree. Floats alone.
std::vector<Value> head_values(const Graph& graph);

// The graph with these values for its only outputs, in this order.
Graph ended_at(const Graph& graph, const std::vector<Value>& values);

// Graphs that compute in floats but for one layer, which has its quantized inputs, its integer weights and its bias: what that layer
// alone does to the heads. `quantized` is `floats` with quantizers, weights and biases of its own; nodes of both have the same names.
class LayersAlone {
 public:
  LayersAlone(const Graph& floats, const Graph& quantized);

  // Outputs, in this order: the heads, the layer's result in floats, the same with the layer quantized. A bias belongs to the layer.
  Graph graph_of(NodeId layer) const;

 private:
  class Copy;

  const Graph& quantized_;
  Graph floats_;                           // that ends at its heads
  std::map<std::string, NodeId> by_name_;  // of `floats_`
};

}  // namespace octet::quant
