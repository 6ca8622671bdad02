#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

// What passes, quantizer and runtime ask of a graph, each question answered once. All functions only look; a pointer into the
// graph that they return is valid until the graph changes.
namespace octet {

// The operation behind a value as T, or null.
template <typename T>
const T* op_of(const Graph& graph, Value value) {
  return std::get_if<T>(&graph.node(value).op);
}

bool is_unary(const Graph& graph, Value value, UnaryKind kind);
bool is_binary(const Graph& graph, Value value, BinaryKind kind);

// A Binary with exactly one side that is a Constant node.
struct ConstantSide {
  BinaryKind kind;
  Value data;
  const Tensor* constant;  // the graph's
  std::size_t input;       // the place of the constant among the inputs: 0 in constant - x, 1 in x - constant

  bool constant_first() const { return input == 0; }
};
std::optional<ConstantSide> constant_side(const Graph& graph, Value value);

// The value that all elements of a tensor have; nothing for a tensor without elements.
std::optional<double> uniform_value(const Tensor& tensor);

// Whether a constant that is broadcast to `data` [N,C,...], right-aligned as in NumPy, varies along C alone: it then has one element
// for all channels or one for each, in their order.
bool is_per_channel(const Shape& constant, const Shape& data);

// The elements of such a constant, one for each channel (a single one is repeated); nothing for any other constant.
std::optional<std::vector<double>> channel_values(const Tensor& constant, const Shape& data);

// The reader of a value that is read once and whose node has no other output.
std::optional<NodeId> only_reader(const Graph& graph, Value value);

// Both kinds of convolution in one form; a Convolution has one group. The weights are [groups *] [outputs, inputs, kernel], in
// memory in this order for either.
struct ConvolutionGeometry {
  std::int64_t groups, group_outputs, group_inputs;  // channels
  Spatial kernel, strides, dilations;
  Pads pads;
  bool grouped;  // a GroupConvolution, whose weights have rank 5 even for one group

  std::int64_t outputs() const { return groups * group_outputs; }
  std::int64_t inputs() const { return groups * group_inputs; }
  std::int64_t taps() const { return kernel[0] * kernel[1]; }
  // Weights of one output channel.
  std::int64_t filter() const { return group_inputs * taps(); }
  bool is_depthwise() const { return grouped && group_outputs == 1 && group_inputs == 1; }
};

bool is_convolution(const Op& op);
// Nothing for a node of another kind.
std::optional<ConvolutionGeometry> convolution_geometry(const Graph& graph, const Node& node);

// Walks the weights of a convolution in their order in memory: f(output channel, input channel of the data, index of the weight).
template <typename F>
void for_each_weight(const ConvolutionGeometry& conv, F&& f) {
  std::size_t at = 0;
  for (std::int64_t o = 0; o < conv.outputs(); ++o)
    for (std::int64_t i = 0; i < conv.group_inputs; ++i)
      for (std::int64_t tap = 0; tap < conv.taps(); ++tap, ++at)
        f(static_cast<std::size_t>(o), static_cast<std::size_t>(o / conv.group_outputs * conv.group_inputs + i), at);
}

// Whether a node cuts its input into consecutive channels, or lines up the channels of its inputs. False where the axis is computed.
bool splits_channels(const Graph& graph, const Node& node);
bool joins_channels(const Node& node);

}  // namespace octet
