#pragma once

#include <set>
#include <vector>

#include "graph/graph.h"

namespace octet::quant {

// An input of a node.
struct Edge {
  NodeId reader{};
  std::size_t input = 0;
};

// A value that is quantized for the readers that gain by it.
struct Point {
  Value value;
  bool per_channel = false;  // read by depthwise convolutions only
  std::size_t group = 0;     // points of one group share their limits
  std::vector<Edge> edges;   // inputs that read the quantized form
};

// Where FakeQuantize nodes go.
struct QuantizationPlan {
  std::vector<Point> points;         // by node, so upstream first
  std::vector<NodeId> layers;        // that compute in integers: convolutions, sums, pools
  std::vector<NodeId> convolutions;  // those of them whose weights become integers
  std::size_t groups = 0;
};

// The CPU placement of OpenVINO's quantizers (reference D.5): inputs of convolutions, of sums and products of two
// activations and of pools are quantized (OpTraits::computes_in_integers); a FakeQuantize moves up through operations that only move
// values of images (MaxPool, Concat, slices, nearest resize), so that these work on bytes. All inputs of a Concat on such a path share one
// scale. What no convolution reads, like the tail that joins the boxes and scores of an SSD, stays float, and so does each head's result.
// So does a convolution of a SoftMax's result: the mean of a distribution, which YOLOv8's kind makes coordinates of; and what is in `wide`.
QuantizationPlan plan_quantization(const Graph& graph, const std::set<NodeId>& wide = {});

}  // namespace octet::quant
