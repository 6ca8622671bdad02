#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/disjoint_sets.h"
#include "graph/graph.h"

namespace octet::quant {

// A constant of f32 that has one element for each channel of an image to which it is broadcast: a bias that can be rescaled.
bool is_bias_of(const Tensor& constant, const Shape& image);

// A convolution whose weights are known, and of f32, so that they can be rescaled and quantized.
bool has_known_weights(const Graph& graph, const Node& node);

// A product of an image with a positive constant that has one element for each channel, which can be rescaled.
bool scales_channels(const Graph& graph, Value value);

// A sum of an image with a constant that has one element for each channel, which is not the bias of a convolution.
bool moves_channels(const Graph& graph, Value value);

// The sum with its bias behind a convolution that reads no padding: what its inputs are moved by, one number a channel, can be given back
// there. Nothing for other nodes.
std::optional<NodeId> bias_behind_unpadded(const Graph& graph, NodeId convolution);

// For messages: the node that computes a value, before such a product and such a sum behind it.
const Node& node_before_scale(const Graph& graph, Value value);

// Which channels of a graph's images can be multiplied by a positive factor without changing what the graph computes. A
// convolution, and a product with a constant of each channel, makes its output channels free: a factor there is undone in the weights of
// what reads it. ReLU, PReLU, pools,
// resizes and biases keep a channel's factor; a sum of two images makes their factors one; concatenations and splits hand them
// on; everything else needs the true values, and so fixes the factor at 1.
class ChannelLinks {
 public:
  // Names one factor of the graph; kFixed is the factor 1.
  using Factor = std::uint32_t;
  static constexpr Factor kFixed = 0;

  explicit ChannelLinks(const Graph& graph);

  // How many factors there are, kFixed included; each Factor is below.
  std::size_t count() const { return equal_.size(); }
  // The factor of each channel of an image [N,C,H,W].
  std::vector<Factor> factors(Value image) const;

 private:
  using Channels = std::vector<Factor>;

  void visit(const Graph& graph, NodeId id);
  bool hand_on(const Graph& graph, NodeId id);
  bool hand_on_parts(const Graph& graph, NodeId id);
  bool unite_terms(const Graph& graph, NodeId id);
  void make_free(const Graph& graph, NodeId id);
  void fix(const Graph& graph, NodeId id);

  bool is_known(Value value) const { return channels_.contains(value); }

  DisjointSets equal_;  // factors that must be
  std::vector<std::size_t> roots_;
  std::map<Value, Channels> channels_;
};

}  // namespace octet::quant
