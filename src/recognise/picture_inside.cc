#include "recognise/picture_inside.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::int64_t kMostElements = std::int64_t{1} << 26;  // a large picture and a few steps on it
constexpr std::size_t kMostNodes = 64;

// Whether a convolution makes three channels of the three of a pixel: a step on colours, as those who put a mean and a scale into a file
// write it.
bool is_step_on_colours(const Graph& graph, const Node& node) {
  const auto geometry = convolution_geometry(graph, node);
  return geometry && geometry->inputs() == 3 && geometry->outputs() == 3 && geometry->taps() == 1 && geometry->strides == Spatial{1, 1};
}

// Whether a product has a matrix of colours as one of its factors.
bool is_product_with_colours(const Graph& graph, const Node& node) {
  return std::holds_alternative<MatMul>(node.op) && std::ranges::any_of(node.inputs, [&](Value input) {
           return graph.constant(input) && element_count(graph.shape(input)) == std::int64_t{kChannels * kChannels};
         });
}

// The first convolution of the picture, steps on its colours aside.
std::optional<NodeId> first_convolution_of(const Graph& graph, NodeId picture) {
  std::vector<bool> follows(graph.nodes().size());
  follows[index_of(picture)] = true;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    for (const Value input : node.inputs) follows[i] = follows[i] || follows[index_of(input.node)];
    if (is_convolution(node.op) && follows[index_of(node.inputs[0].node)] && !is_step_on_colours(graph, node))
      return static_cast<NodeId>(i);
  }
  return std::nullopt;
}

// What `value` is computed from, as a graph of its own with quantizers left out; nothing where that is too much or reads another input.
std::optional<Graph> front_of(const Graph& graph, NodeId picture, Value value) {
  std::vector<bool> needed(graph.nodes().size());
  needed[index_of(value.node)] = true;
  for (std::size_t i = index_of(value.node) + 1; i-- > 0;)
    if (needed[i])
      for (const Value input : graph.nodes()[i].inputs) needed[index_of(input.node)] = true;
  Graph front;
  std::map<Value, Value> copies;
  std::int64_t elements = 0;
  for (std::size_t i = 0; i <= index_of(value.node); ++i) {
    if (!needed[i]) continue;
    const Node& node = graph.nodes()[i];
    const auto id = static_cast<NodeId>(i);
    for (const TensorType& output : node.outputs) elements += element_count(output.shape);
    const bool is_other_input = std::holds_alternative<Parameter>(node.op) && id != picture;
    const bool is_product = std::holds_alternative<MatMul>(node.op) || is_convolution(node.op);
    const bool takes_long = is_product && !is_step_on_colours(graph, node) && !is_product_with_colours(graph, node);
    if (is_other_input || takes_long || elements > kMostElements || front.nodes().size() > kMostNodes) return std::nullopt;
    if (std::holds_alternative<FakeQuantize>(node.op) && graph.shape(node.inputs[0]) == node.outputs[0].shape) {
      copies[{id, 0}] = copies[node.inputs[0]];
      continue;
    }
    std::vector<Value> inputs;
    for (const Value input : node.inputs) inputs.push_back(copies[input]);
    const NodeId copy = front.emit(node.op, std::move(inputs), node.name).node;
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) copies[{id, port}] = {copy, port};
  }
  front.emit(Output{}, {copies[value]}, "front");
  return front;
}

// The pixel in the middle of what a front [N,C,H,W] makes of a picture of one colour, by channel; nothing for what is no such front.
std::optional<std::vector<double>> made_of(const Graph& front, const std::array<float, kChannels>& colour) {
  const Node& parameter = front.node(front.parameters()[0]);
  const auto& [element, shape] = parameter.outputs[0];
  if (element != ElementType::kF32 || shape.size() != 4 || shape[1] != std::int64_t{kChannels}) return std::nullopt;
  Tensor picture(element, shape);
  const auto plane = static_cast<std::size_t>(shape[2] * shape[3]);
  const std::span<float> pixels = picture.mutable_values<float>();
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = colour[i / plane % kChannels];
  const auto made = evaluate(front, {{parameter.name, std::move(picture)}});
  if (!made.ok()) return std::nullopt;
  const Tensor& result = made->begin()->second;
  if (result.shape().size() != 4 || result.size() == 0) return std::nullopt;
  const auto values = to_vector<double>(result);
  const auto height = static_cast<std::size_t>(result.shape()[2]), width = static_cast<std::size_t>(result.shape()[3]);
  std::vector<double> middle;
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(result.shape()[1]); ++channel)
    middle.push_back(values.at((channel * height + height / 2) * width + width / 2));
  return middle;
}

// Which channel of the picture a channel is made of, and times what; nothing where it is made of several or of none.
struct Source {
  std::size_t channel = 0;
  double factor = 0;
};
std::optional<Source> source_of(const std::array<double, kChannels>& responses) {
  constexpr double kNegligible = 1e-3;
  Source source;
  double sum = 0;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    sum += std::abs(responses[channel]);
    if (std::abs(responses[channel]) > std::abs(source.factor)) source = {channel, responses[channel]};
  }
  const bool is_alone = sum > 0 && std::isfinite(sum) && sum - std::abs(source.factor) <= kNegligible * sum;
  return is_alone ? std::optional(source) : std::nullopt;
}

// What is taken off a channel of the picture, and what it is divided by then.
struct Step {
  double mean = 0, scale = 1;
};
using Steps = std::array<Step, kChannels>;

double number_at(const std::vector<double>& numbers, std::size_t channel, double otherwise) {
  return numbers.empty() ? otherwise : numbers[channel % numbers.size()];
}

// What makes (x - mean) / scale, as asked, of a graph's own y * factor + offset. `is_turned`: the graph reverses the channels between.
Steps in_front_of(const PictureInside& inside, const passes::InputSteps& asked, bool is_turned) {
  Steps steps;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const std::size_t read = is_turned ? kChannels - 1 - channel : channel;
    const double scale = number_at(asked.scale, read, 1);
    steps[channel] = {number_at(asked.mean, read, 0) + inside.offsets[channel] * scale, scale * inside.scales[channel]};
  }
  return steps;
}

// Whether steps are none but for roundings of what files say, or a division by 255.
bool are_plain(const Steps& steps) {
  constexpr double kRounding = 0.01, kLevel = 0.5;
  const double scale = std::abs(steps[0].scale - 1) < 0.5 ? 1 : 255;
  return std::ranges::all_of(
      steps, [&](const Step& step) { return std::abs(step.mean) < kLevel && std::abs(step.scale / scale - 1) < kRounding; });
}

passes::InputSteps plain_steps(const Steps& steps, bool reverses) {
  return {reverses, {}, std::abs(steps[0].scale - 1) < 0.5 ? std::vector<double>() : std::vector<double>{255}};
}

// Whether what a graph takes off a picture is a mean of bytes: none has pixels of 0..1 or normalized ones that are so large.
bool subtracts_bytes(const PictureInside& inside) {
  constexpr double kLeast = 16;
  return std::ranges::any_of(std::views::iota(std::size_t{0}, kChannels), [&](std::size_t channel) {
    return std::abs(inside.offsets[channel]) >= kLeast * std::abs(inside.scales[channel]);
  });
}

}  // namespace

bool takes_bytes(const PictureInside& inside) {
  constexpr double kLeast = 1. / 50;
  return std::abs(inside.scales[0]) < kLeast;
}

PictureInside picture_inside(const Graph& graph) {
  const NodeId picture = graph.parameters()[0];
  const auto first = first_convolution_of(graph, picture);
  if (!first) return {};
  const Value convolved = graph.node(*first).inputs[0];
  if (convolved.node == picture) return {};
  const auto front = front_of(graph, picture, convolved);
  const auto black = front ? made_of(*front, {0, 0, 0}) : std::nullopt;
  if (!black) return {};
  std::array<std::vector<double>, kChannels> made;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    std::array<float, kChannels> colour{};
    colour[channel] = 1;
    made[channel] = made_of(*front, colour).value_or(*black);
  }
  PictureInside inside;
  std::vector<std::size_t> order;  // of the picture's channels, as they first appear
  for (std::size_t at = 0; at < black->size(); ++at) {
    std::array<double, kChannels> responses{};
    for (std::size_t channel = 0; channel < kChannels; ++channel) responses[channel] = made[channel][at] - (*black)[at];
    const auto source = source_of(responses);
    if (!source) return {};
    if (std::ranges::find(order, source->channel) != order.end()) continue;
    order.push_back(source->channel);
    inside.scales[source->channel] = source->factor;
    inside.offsets[source->channel] = (*black)[at];
  }
  inside.reverses_channels = order == std::vector<std::size_t>{2, 1, 0};
  return inside;
}

std::optional<double> first_response(const Graph& graph, const passes::InputSteps& steps, const PictureInside& inside) {
  constexpr double kWhite = 255;
  const auto first = first_convolution_of(graph, graph.parameters()[0]);
  const Tensor* weights = first ? graph.constant(graph.node(*first).inputs[1]) : nullptr;
  const auto geometry = weights ? convolution_geometry(graph, graph.node(*first)) : std::nullopt;
  if (!geometry || weights->type() != ElementType::kF32) return std::nullopt;
  double span = 0;  // the mean of the channels': what the filter reads may be a rearrangement of them
  for (std::size_t channel = 0; channel < kChannels; ++channel)
    span += std::abs(kWhite * inside.scales[channel] / number_at(steps.scale, channel, 1)) / kChannels;
  const std::span<const float> numbers = weights->values<float>();
  const auto filter = static_cast<std::size_t>(geometry->filter());
  std::vector<double> moves;
  for (std::size_t begin = 0; begin + filter <= numbers.size(); begin += filter) {
    double sum = 0;
    for (const float number : numbers.subspan(begin, filter)) sum += std::abs(number);
    if (sum > 0) moves.push_back(sum * span);
  }
  if (moves.empty()) return std::nullopt;
  std::ranges::nth_element(moves, moves.begin() + std::ssize(moves) / 2);
  return moves[moves.size() / 2];
}

std::optional<passes::InputSteps> steps_left(const passes::InputSteps& asked, const PictureInside& inside) {
  // A graph that reverses channels and is asked to be given reversed ones: what it makes of them is meant, unless its means say otherwise.
  const bool is_turned = inside.reverses_channels && asked.reverse_channels;
  const bool normalizes = inside.subtracts() || inside.scales != PictureInside{}.scales;
  if (!is_turned && !normalizes) return std::nullopt;
  const bool turned = is_turned && (are_plain(in_front_of(inside, asked, true)) || !are_plain(in_front_of(inside, asked, false)));
  const bool reverses = asked.reverse_channels && !turned;
  const Steps steps = in_front_of(inside, asked, turned);
  if (normalizes && are_plain(steps)) return plain_steps(steps, reverses);
  if (subtracts_bytes(inside)) return passes::InputSteps{.reverse_channels = reverses};
  const bool divides_first = takes_bytes(inside) && !inside.subtracts();
  if (!divides_first && !turned) return std::nullopt;
  passes::InputSteps left{.reverse_channels = reverses};
  for (const Step& step : divides_first ? steps : in_front_of({}, asked, turned)) {
    left.mean.push_back(step.mean);
    left.scale.push_back(step.scale);
  }
  return left;
}

}  // namespace octet
