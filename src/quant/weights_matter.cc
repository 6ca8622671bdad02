#include "quant/weights_matter.h"

#include "quant/head_error.h"

namespace octet::quant {
namespace {

// Of the error of the heads, and by how many images.
constexpr double kLeastShareOfWeights = 0.1;
constexpr std::size_t kImagesForWeights = 8;

// Activations are floats then, and so are the numbers that the integer weights stand for.
Graph without_quantizers(const Graph& quantized) {
  Graph graph = quantized;
  for (std::size_t i = 0; i < quantized.nodes().size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    if (std::holds_alternative<FakeQuantize>(quantized.node(id).op)) graph.replace_uses({id, 0}, graph.node(id).inputs[0]);
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
