#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

Status check_numbers(std::string_view what, const std::vector<double>& numbers, std::int64_t channels) {
  const auto is_sound = [&](double number) { return std::isfinite(number) && (what != "scale" || number != 0); };
  const auto count = static_cast<std::int64_t>(numbers.size());
  if ((count <= 1 || count == channels) && std::ranges::all_of(numbers, is_sound)) return {};
  return Error{ErrorCode::kInvalidArgument, fmt::format("{} of the input is [{}], expected 1 or {} numbers{}", what,
                                                        fmt::join(numbers, ", "), channels, what == "scale" ? " other than 0" : "")};
}

// The one input, f32 [1,C,H,W].
Result<Value> picture_of(const Graph& graph) {
  const auto inputs = graph.parameters();
  if (inputs.size() == 1) {
    const Value picture{inputs[0], 0};
    const TensorType& type = graph.type(picture);
    if (type.element == ElementType::kF32 && type.shape.size() == 4) return picture;
  }
  return Error{ErrorCode::kUnsupported, "mean, scale and order of channels are for a network with one input, f32 [1,C,H,W]"};
}

bool takes_reversed_weights(const Graph& graph, Value picture, NodeId reader) {
  const Node& node = graph.node(reader);
  return std::holds_alternative<Convolution>(node.op) && node.inputs[0] == picture && graph.constant(node.inputs[1]);
}

Tensor with_inputs_reversed(const Graph& graph, const Node& convolution) {
  const Tensor& weights = *graph.constant(convolution.inputs[1]);
  const auto values = to_vector<double>(weights);
  const auto geometry = *convolution_geometry(graph, convolution);
  const auto taps = static_cast<std::size_t>(geometry.taps()), channels = static_cast<std::size_t>(geometry.group_inputs);
  auto reversed = values;
  for_each_weight(geometry, [&](std::size_t, std::size_t channel, std::size_t at) {
    reversed[at] = values[at + (channels - 1 - channel) * taps - channel * taps];
  });
  return real_constant(weights.type(), weights.shape(), reversed);
}

Value with_channels_reversed(Graph& graph, Value picture) {
  const std::int64_t channels = graph.shape(picture)[1];
  const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1), "reverse/axis");
  const NodeId split = graph.emit(Split{channels}, {picture, axis}, "reverse/planes").node;
  std::vector<Value> planes;
  for (std::int64_t channel = channels; channel-- > 0;) planes.push_back({split, static_cast<std::uint32_t>(channel)});
  return graph.emit(Concat{1}, std::move(planes), "reverse");
}

// Computes with numbers that are in the order of the network on a picture that is in the other.
Value shifted_and_scaled(Graph& graph, Value picture, InputSteps steps) {
  const auto constant = [&](std::vector<double> numbers) {
    if (steps.reverse_channels) std::ranges::reverse(numbers);
    return graph.emit_constant(channel_constant(ElementType::kF32, numbers), "input/constant");
  };
  if (!steps.mean.empty()) picture = graph.emit(Binary{BinaryKind::kSubtract}, {picture, constant(steps.mean)}, "input/mean");
  for (double& scale : steps.scale) scale = 1 / scale;
  if (!steps.scale.empty()) picture = graph.emit(Binary{BinaryKind::kMultiply}, {picture, constant(steps.scale)}, "input/scale");
  return picture;
}

}  // namespace

Status add_input_steps(Graph& graph, const InputSteps& steps) {
  if (steps.empty()) return {};
  OCTET_ASSIGN(const Value picture, picture_of(graph));
  const std::int64_t channels = graph.shape(picture)[1];
  OCTET_RETURN_IF_ERROR(check_numbers("mean", steps.mean, channels));
  OCTET_RETURN_IF_ERROR(check_numbers("scale", steps.scale, channels));
  const auto readers = graph.readers(picture.node);
  const bool into_weights = std::ranges::all_of(readers, [&](NodeId reader) { return takes_reversed_weights(graph, picture, reader); });
  Value prepared = shifted_and_scaled(graph, picture, steps);
  if (steps.reverse_channels && !into_weights) prepared = with_channels_reversed(graph, prepared);
  for (const NodeId reader : readers) {
    if (steps.reverse_channels && into_weights)
      graph.set_input(reader, 1, graph.emit_constant(with_inputs_reversed(graph, graph.node(reader)), "reversed_weights"));
    for (std::size_t i = 0; i < graph.node(reader).inputs.size(); ++i)
      if (graph.node(reader).inputs[i] == picture) graph.set_input(reader, i, prepared);
  }
  graph.tidy();
  return {};
}

}  // namespace octet::passes
