#include "quant/channels.h"

#include <algorithm>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "quant/pixel_range.h"

namespace octet::quant {
namespace {

bool is_image(const Shape& shape) { return shape.size() == 4; }

// The slopes of a PReLU must be known, so that no other channel is one.
bool keeps_factors(const Graph& graph, const Node& node) {
  if (std::holds_alternative<PRelu>(node.op) && !graph.constant(node.inputs[1])) return false;
  return schema_of(node.op).traits.keeps_channel_factors;
}

bool is_sum(const Op& op) {
  const auto* binary = std::get_if<Binary>(&op);
  return binary && binary->kind == BinaryKind::kAdd;
}

}  // namespace

bool is_bias_of(const Tensor& constant, const Shape& image) {
  return constant.type() == ElementType::kF32 && image.size() == 4 && is_per_channel(constant.shape(), image) &&
         element_count(constant.shape()) == image[1];
}

bool has_known_weights(const Graph& graph, const Node& node) {
  if (!is_convolution(node.op)) return false;
  const Tensor* weights = graph.constant(node.inputs[1]);
  return weights && weights->type() == ElementType::kF32 && weights->size() != 0;
}

bool scales_channels(const Graph& graph, Value value) {
  const auto side = constant_side(graph, value);
  return side && side->kind == BinaryKind::kMultiply && !pixel_range(graph, value) && graph.shape(side->data) == graph.shape(value) &&
         is_bias_of(*side->constant, graph.shape(value)) &&
         std::ranges::all_of(side->constant->values<float>(), [](float factor) { return factor > 0; });
}

bool moves_channels(const Graph& graph, Value value) {
  const auto side = constant_side(graph, value);
  return side && side->kind == BinaryKind::kAdd && graph.shape(side->data) == graph.shape(value) &&
         is_bias_of(*side->constant, graph.shape(value)) && !is_convolution(graph.node(side->data).op);
}

std::optional<NodeId> bias_behind_unpadded(const Graph& graph, NodeId convolution) {
  const auto conv = convolution_geometry(graph, graph.node(convolution));
  if (!conv || conv->pads.begin != Spatial{0, 0} || conv->pads.end != Spatial{0, 0}) return std::nullopt;
  const auto add = only_reader(graph, {convolution, 0});
  const auto side = add ? constant_side(graph, {*add, 0}) : std::nullopt;
  const bool is_bias = side && side->kind == BinaryKind::kAdd && is_bias_of(*side->constant, graph.shape({convolution, 0})) &&
                       graph.shape({*add, 0}) == graph.shape({convolution, 0});
  return is_bias ? add : std::nullopt;
}

const Node& node_before_scale(const Graph& graph, Value value) {
  if (moves_channels(graph, value)) value = constant_side(graph, value)->data;
  return graph.node(scales_channels(graph, value) ? constant_side(graph, value)->data : value);
}

ChannelLinks::ChannelLinks(const Graph& graph) {
  equal_.add();  // kFixed, which is the root of its set
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) visit(graph, static_cast<NodeId>(i));
  roots_ = equal_.roots();
}

std::vector<ChannelLinks::Factor> ChannelLinks::factors(Value image) const {
  Channels result = channels_.at(image);
  for (Factor& factor : result) factor = static_cast<Factor>(roots_[factor]);
  return result;
}

void ChannelLinks::visit(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (has_known_weights(graph, node) || scales_channels(graph, {id, 0})) return make_free(graph, id);
  if (hand_on(graph, id) || hand_on_parts(graph, id) || unite_terms(graph, id)) return;
  if (std::holds_alternative<ShapeOf>(node.op)) return;
  fix(graph, id);
}

void ChannelLinks::make_free(const Graph& graph, NodeId id) {
  Channels channels(static_cast<std::size_t>(graph.shape({id, 0})[1]));
  for (Factor& factor : channels) factor = static_cast<Factor>(equal_.add());
  channels_[{id, 0}] = std::move(channels);
}

bool ChannelLinks::hand_on(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.empty() || !is_known(node.inputs[0]) || !is_image(node.outputs[0].shape)) return false;
  if (keeps_factors(graph, node)) return channels_[{id, 0}] = channels_.at(node.inputs[0]), true;
  if (!splits_channels(graph, node)) return false;
  auto next = channels_.at(node.inputs[0]).begin();
  for (std::uint32_t port = 0; port < node.outputs.size(); ++port) {
    const auto end = next + node.outputs[port].shape[1];
    channels_[{id, port}] = Channels(next, end);
    next = end;
  }
  return true;
}

bool ChannelLinks::hand_on_parts(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (!joins_channels(node) || !std::ranges::all_of(node.inputs, [&](Value input) { return is_known(input); })) return false;
  Channels joined;
  for (const Value input : node.inputs) joined.insert(joined.end(), channels_.at(input).begin(), channels_.at(input).end());
  channels_[{id, 0}] = std::move(joined);
  return true;
}

// A bias takes the factor of what it is added to; two images of one shape share theirs.
bool ChannelLinks::unite_terms(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (!is_sum(node.op)) return false;
  const std::size_t image = graph.constant(node.inputs[0]) ? 1 : 0;
  const Value first = node.inputs[image], second = node.inputs[1 - image];
  if (!is_known(first) || graph.shape(first) != node.outputs[0].shape) return false;
  const Channels& channels = channels_.at(first);
  const Tensor* bias = graph.constant(second);
  if (bias) {
    if (!is_bias_of(*bias, graph.shape(first))) return false;
  } else {
    if (!is_known(second) || graph.shape(second) != graph.shape(first)) return false;
    for (std::size_t c = 0; c < channels.size(); ++c) equal_.unite(channels[c], channels_.at(second)[c]);
  }
  channels_[{id, 0}] = channels;
  return true;
}

void ChannelLinks::fix(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  for (const Value input : node.inputs)
    if (is_known(input))
      for (const Factor factor : channels_.at(input)) equal_.unite(factor, kFixed);
  for (std::uint32_t port = 0; port < node.outputs.size(); ++port)
    if (const Shape& shape = node.outputs[port].shape; is_image(shape))
      channels_[{id, port}] = Channels(static_cast<std::size_t>(shape[1]), kFixed);
}

}  // namespace octet::quant
