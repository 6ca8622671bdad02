#include "graph/patterns.h"

#include <algorithm>

namespace octet {
namespace {

constexpr std::int64_t kChannelAxis = 1;

bool is_channel_axis(std::int64_t axis, const Shape& data) {
  return (axis < 0 ? axis + static_cast<std::int64_t>(data.size()) : axis) == kChannelAxis;
}

}  // namespace

bool is_unary(const Graph& graph, Value value, UnaryKind kind) {
  const auto* op = op_of<Unary>(graph, value);
  return op && op->kind == kind;
}

bool is_binary(const Graph& graph, Value value, BinaryKind kind) {
  const auto* op = op_of<Binary>(graph, value);
  return op && op->kind == kind;
}

std::optional<ConstantSide> constant_side(const Graph& graph, Value value) {
  const auto* op = op_of<Binary>(graph, value);
  if (!op) return std::nullopt;
  const auto& inputs = graph.node(value).inputs;
  const Tensor *first = graph.constant(inputs[0]), *second = graph.constant(inputs[1]);
  if ((first == nullptr) == (second == nullptr)) return std::nullopt;
  if (second) return ConstantSide{op->kind, inputs[0], second, 1};
  return ConstantSide{op->kind, inputs[1], first, 0};
}

std::optional<double> uniform_value(const Tensor& tensor) {
  const auto values = to_vector<double>(tensor);
  if (values.empty() || !std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; })) return std::nullopt;
  return values[0];
}

bool is_per_channel(const Shape& constant, const Shape& data) {
  if (data.size() <= kChannelAxis || constant.size() > data.size()) return false;
  for (std::size_t i = 0; i < constant.size(); ++i) {
    const std::size_t axis = data.size() - constant.size() + i;
    if (constant[i] != 1 && (axis != kChannelAxis || constant[i] != data[axis])) return false;
  }
  return true;
}

std::optional<std::vector<double>> channel_values(const Tensor& constant, const Shape& data) {
  if (!is_per_channel(constant.shape(), data)) return std::nullopt;
  auto values = to_vector<double>(constant);
  if (values.size() == 1) values.resize(static_cast<std::size_t>(data[kChannelAxis]), values[0]);
  return values;
}

std::optional<NodeId> only_reader(const Graph& graph, Value value) {
  if (graph.reader_count(value.node) != 1 || graph.node(value).outputs.size() != 1) return std::nullopt;
  return graph.readers(value.node)[0];
}

bool is_convolution(const Op& op) { return std::holds_alternative<Convolution>(op) || std::holds_alternative<GroupConvolution>(op); }

std::optional<ConvolutionGeometry> convolution_geometry(const Graph& graph, const Node& node) {
  if (!is_convolution(node.op)) return std::nullopt;
  const Shape& w = graph.shape(node.inputs[1]);
  if (const auto* conv = std::get_if<Convolution>(&node.op))
    return ConvolutionGeometry{1, w[0], w[1], {w[2], w[3]}, conv->strides, conv->dilations, conv->pads, false};
  const auto& conv = std::get<GroupConvolution>(node.op);
  return ConvolutionGeometry{w[0], w[1], w[2], {w[3], w[4]}, conv.strides, conv.dilations, conv.pads, true};
}

bool splits_channels(const Graph& graph, const Node& node) {
  if (!std::holds_alternative<Split>(node.op) && !std::holds_alternative<VariadicSplit>(node.op)) return false;
  const Tensor* axis = graph.constant(node.inputs[1]);
  return axis && axis->size() == 1 && is_channel_axis(to_vector<std::int64_t>(*axis)[0], graph.shape(node.inputs[0]));
}

bool joins_channels(const Node& node) {
  const auto* concat = std::get_if<Concat>(&node.op);
  return concat && is_channel_axis(concat->axis, node.outputs[0].shape);
}

}  // namespace octet
