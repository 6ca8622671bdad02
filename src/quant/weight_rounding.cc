#include "quant/weight_rounding.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "graph/patterns.h"
#include "quant/error_feedback.h"
#include "quant/pair_safe.h"
#include "quant/patch_moments.h"

namespace octet::quant {
namespace {

// Of the mean variance of a filter's inputs; chosen on train2017, docs/quantization-experiments.md has the figures.
constexpr double kDamping = 0.1;

constexpr std::size_t kPlaces = 64;  // of each image
static_assert(kImagesOfSecondOrder * kPlaces <= PatchMoments::kMostPlaces);
constexpr std::size_t kPlacesApart = 7;  // from the first place of an image to that of the next
// Covariances of longer filters are left out between blocks.
constexpr std::size_t kLongestBlock = 576;

bool is_dense_1x1(const ConvolutionGeometry& conv) { return conv.taps() == 1 && conv.groups == 1; }

// A convolution and what it reads.
struct Reader {
  NodeId convolution;
  ConvolutionGeometry geometry;
  PatchMoments moments;
  std::mutex mutex;
};
using Readers = std::vector<std::unique_ptr<Reader>>;

// By which the inputs of a convolution are counted: about the steps of a quantizer that spans their extremes.
std::vector<float> steps_of(const RangeObserver& observer, bool per_channel) {
  const auto step = [](float low, float high) {
    constexpr float kSteps = 255, kLeast = 1e-20f;
    return std::max((std::max(high, 0.0f) - std::min(low, 0.0f)) / kSteps, kLeast);
  };
  const std::size_t channels = observer.min().size();
  if (!per_channel) return std::vector<float>(channels, step(std::ranges::min(observer.min()), std::ranges::max(observer.max())));
  std::vector<float> steps;
  for (std::size_t c = 0; c < channels; ++c) steps.push_back(step(observer.min()[c], observer.max()[c]));
  return steps;
}

Readers readers_of(const Graph& graph, const QuantizationPlan& plan, const std::map<Value, RangeObserver>& observers) {
  Readers readers;
  for (const NodeId id : plan.convolutions) {
    const Node& node = graph.node(id);
    const ConvolutionGeometry conv = *convolution_geometry(graph, node);
    std::vector<float> steps = steps_of(observers.at(node.inputs[0]), conv.is_depthwise());
    readers.emplace_back(new Reader{id, conv, {conv, node.outputs[0].shape, std::move(steps), kLongestBlock}, {}});
  }
  return readers;
}

// Shows the readers what they read in some of the images.
Status observe_inputs(const Graph& graph, const Readers& readers, const CalibrationImages& images, int threads) {
  std::map<Value, std::vector<Reader*>> of_value;
  for (const auto& reader : readers) of_value[graph.node(reader->convolution).inputs[0]].push_back(reader.get());
  std::vector<Value> values;
  for (const auto& [value, some] : of_value) values.push_back(value);
  const auto observe = [&of_value](int, std::size_t index, const Observed& seen) {
    for (Reader* const reader : of_value.at(seen.value)) {
      const std::lock_guard lock(reader->mutex);
      for (const auto& image : seen.images) reader->moments.add(image, kPlaces, kPlacesApart * index);
    }
  };
  OCTET_RETURN_IF_ERROR(calibrate(graph, values, spread_over(images, kImagesOfSecondOrder), {threads, {}, {}}, observe));
  return {};
}

// Of each reader each block.
std::vector<std::pair<std::size_t, std::size_t>> blocks_of(const Readers& readers) {
  std::vector<std::pair<std::size_t, std::size_t>> blocks;
  for (std::size_t reader = 0; reader < readers.size(); ++reader)
    for (std::size_t block = 0; block < readers[reader]->moments.blocks().size(); ++block) blocks.emplace_back(reader, block);
  return blocks;
}

// Rounds the weights of one block anew, which are no other's.
void round_together(const Graph& graph, const Reader& reader, std::size_t index, bool pair_safe, WeightQuantization& result) {
  const ConvolutionGeometry& conv = reader.geometry;
  const auto weights = graph.constant(graph.node(reader.convolution).inputs[1])->values<float>();
  const auto filter = static_cast<std::size_t>(conv.filter()), outputs = static_cast<std::size_t>(conv.group_outputs);
  const PatchBlock& block = reader.moments.blocks()[index];
  const ErrorFeedback feedback(reader.moments.covariance(index), block.size, kDamping);
  std::vector<ErrorFeedback::Filter> filters;
  for (std::size_t output = block.group * outputs; output < (block.group + 1) * outputs; ++output) {
    const std::size_t first = output * filter + block.first;
    filters.push_back({weights.subspan(first, block.size), result.scale[output], std::span(result.values).subspan(first, block.size)});
  }
  feedback.round(filters, pair_safe && is_dense_1x1(conv));
}

}  // namespace

WeightQuantization nearest_weights(const Graph& graph, NodeId convolution, bool pair_safe) {
  const Node& node = graph.node(convolution);
  const ConvolutionGeometry conv = *convolution_geometry(graph, node);
  const auto weights = graph.constant(node.inputs[1])->values<float>();
  const auto outputs = static_cast<std::size_t>(conv.outputs());
  WeightQuantization rounded = quantize_weights(weights, outputs, static_cast<std::size_t>(conv.taps()));
  if (pair_safe && is_dense_1x1(conv)) make_pair_safe(weights, outputs, rounded);
  return rounded;
}

Result<RoundedWeights> second_order_weights(const Graph& graph, const QuantizationPlan& plan,
                                            const std::map<Value, RangeObserver>& observers, const CalibrationImages& images, int threads,
                                            bool pair_safe) {
  const Readers readers = readers_of(graph, plan, observers);
  OCTET_RETURN_IF_ERROR(observe_inputs(graph, readers, images, threads));
  std::vector<WeightQuantization> weights(readers.size());
  parallel_for_each(std::max(1, threads), readers.size(),
                    [&](int, std::size_t i) { weights[i] = nearest_weights(graph, readers[i]->convolution, pair_safe); });
  const auto blocks = blocks_of(readers);  // a layer alone may be most of the work
  parallel_for_each(std::max(1, threads), blocks.size(), [&](int, std::size_t i) {
    const auto [reader, block] = blocks[i];
    round_together(graph, *readers[reader], block, pair_safe, weights[reader]);
  });
  RoundedWeights result;
  for (std::size_t i = 0; i < readers.size(); ++i)
    result.emplace(readers[i]->convolution, std::make_shared<WeightQuantization>(std::move(weights[i])));
  return result;
}

}  // namespace octet::quant
