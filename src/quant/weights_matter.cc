#include "quant/weights_matter.h"

#include <optional>
#include <utility>

#include "graph/patterns.h"
#include "quant/head_error.h"

namespace octet::quant {
namespace {

// Of the error of the heads, and by how many images.
constexpr double kLeastShareOfWeights = 0.1;
constexpr std::size_t kImagesForWeights = 8;

// What the integer weights of a convolution stand for; nothing for other weights.
std::optional<Tensor> real_weights(const Graph& quantized, const Node& convolution) {
  const Value product = convolution.inputs[1];
  if (!is_binary(quantized, product, BinaryKind::kMultiply)) return std::nullopt;
  const auto [real, scale] = std::pair(quantized.node(product).inputs[0], quantized.constant(quantized.node(product).inputs[1]));
  const Tensor* integers = op_of<Convert>(quantized, real) ? quantized.constant(quantized.node(real).inputs[0]) : nullptr;
  if (!scale || !integers || integers->type() != ElementType::kI8) return std::nullopt;
  Tensor weights(ElementType::kF32, integers->shape());
  const auto to = weights.mutable_values<float>();
  const auto from = integers->values<std::int8_t>();
  const auto of_channel = scale->values<float>();
  for_each_weight(*convolution_geometry(quantized, convolution),
                  [&](std::size_t o, std::size_t, std::size_t at) { to[at] = static_cast<float>(from[at]) * of_channel[o]; });
  return weights;
}

// With the numbers that the integer weights stand for and activations in floats. Written out here, as what computes constants for a plan
// takes tables of places and doubles, many times their memory.
Graph without_quantizers(const Graph& quantized) {
  Graph graph = quantized;
  for (std::size_t i = 0; i < quantized.nodes().size(); ++i) {
    const Node& node = quantized.nodes()[i];
    const auto id = static_cast<NodeId>(i);
    if (std::holds_alternative<FakeQuantize>(node.op)) graph.replace_uses({id, 0}, graph.node(id).inputs[0]);
    if (!is_convolution(node.op)) continue;
    if (auto weights = real_weights(quantized, node)) graph.set_input(id, 1, graph.emit_constant(*std::move(weights), node.name + "/real"));
  }
  graph.tidy();
  return graph;
}

}  // namespace

Result<bool> weights_matter(const QuantizedModel& model, const CalibrationImages& images, int threads) {
  OCTET_ASSIGN(const HeadReference reference, head_reference(model.floats, spread_over(images, kImagesForWeights), threads));
  OCTET_ASSIGN(const double of_all, head_error(model.graph, reference, threads));
  OCTET_ASSIGN(const double of_weights, head_error(without_quantizers(model.graph), reference, threads));
  return of_weights > kLeastShareOfWeights * of_all;
}

}  // namespace octet::quant
