#include "quant/explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "quant/channels.h"
#include "quant/head_error.h"
#include "quant/layer_alone.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

std::int64_t macs_of(const Plan& plan) {
  std::int64_t macs = 0;
  for (const StepInfo& step : plan.steps()) macs += step.macs;
  return macs;
}

// Of one layer, alone quantized, in all images.
struct Effect {
  Powers result;
  std::vector<Powers> heads;
};

Result<std::vector<Effect>> effects_of(const LayerTrials& trials, const HeadReference& reference, int threads, const Progress& progress) {
  OCTET_ASSIGN(const auto plan, compile_trials(trials));
  const std::size_t layers = trials.layers.size(), heads = plan->outputs().size();
  std::vector<std::vector<Tensor>> floats(reference.inputs.size());
  const auto keep = [&](std::size_t image, std::optional<std::size_t>, std::span<const Tensor> outputs) {
    floats[image] = copies_of(outputs);
    return Status();
  };
  OCTET_ASSIGN(const auto results, measure_results(trials, plan, reference.inputs, threads, keep));
  std::vector<std::vector<std::vector<Powers>>> errors(reference.inputs.size(), {layers, std::vector<Powers>(heads)});
  const auto compare = [&](std::size_t image, std::optional<std::size_t> layer, std::span<const Tensor> outputs) {
    for (std::size_t head = 0; layer && head < heads; ++head)
      add_difference(errors[image][*layer][head], floats[image][head], outputs[head]);
    return Status();
  };
  std::vector<std::size_t> all(layers);
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::vector layers_of(reference.inputs.size(), all);
  OCTET_RETURN_IF_ERROR(run_trials(plan, reference.inputs, layers_of, threads, compare, progress));

  std::vector<Effect> effects(layers, Effect{{}, std::vector<Powers>(heads)});
  for (std::size_t image = 0; image < errors.size(); ++image)
    for (std::size_t layer = 0; layer < layers; ++layer) {
      effects[layer].result += results[image][layer];
      for (std::size_t head = 0; head < heads; ++head) effects[layer].heads[head] += errors[image][layer][head];
    }
  return effects;
}

std::set<std::string> names_of(const Graph& graph, const std::vector<NodeId>& ids) {
  std::set<std::string> names;
  for (const NodeId id : ids) names.insert(graph.node(id).name);
  return names;
}

int bits_of(const Graph& quantized, const Node& layer) {
  std::int64_t levels = 2;
  for (const Value input : layer.inputs)
    for (const NodeId quantizer : quantizers_of(quantized, input))
      levels = std::max(levels, std::get<FakeQuantize>(quantized.node(quantizer).op).levels);
  return static_cast<int>(std::ceil(std::log2(static_cast<double>(levels))));
}

bool reads_softmax(const Graph& graph, Value value) {
  while (schema_of(graph.node(value).op).traits.only_moves_values && !std::holds_alternative<Concat>(graph.node(value).op))
    value = graph.node(value).inputs[0];
  return std::holds_alternative<SoftMax>(graph.node(value).op);
}

std::vector<FloatLayer> float_layers(const QuantizedModel& model, const std::vector<LayerFigures>& layers) {
  std::vector<FloatLayer> floats;
  for (const Node& node : model.floats.nodes()) {
    if (!is_convolution(node.op) || std::ranges::find(layers, node.name, &LayerFigures::node) != layers.end()) continue;
    const char* reason = "is kept in floats by the quantizer";
    if (!has_known_weights(model.floats, node)) reason = "has weights that are computed and not constant";
    if (std::ranges::find(model.layers, node.name, &QuantizedLayer::node) != model.layers.end())
      reason = "was left in floats by the recipe: integers lose more here for the time that they save than elsewhere";
    if (reads_softmax(model.floats, node.inputs[0]))
      reason = "reads a SoftMax: its result is a coordinate, for which 256 levels are too few";
    floats.push_back({node.name, reason});
  }
  return floats;
}

// Divides the errors by their sum; where there is none, no layer is more to blame than another.
void share_out(std::vector<LayerFigures>& layers) {
  double sum = 0;
  for (const LayerFigures& layer : layers) sum += layer.error_share;
  for (LayerFigures& layer : layers) layer.error_share = sum > 0 ? layer.error_share / sum : 1.0 / static_cast<double>(layers.size());
}

}  // namespace

std::size_t images_to_explain_with(std::int64_t macs, std::size_t layers) {
  constexpr double kBudget = 5e11;
  constexpr double kMost = 8;
  const double cost = static_cast<double>(std::max<std::int64_t>(macs, 1)) * static_cast<double>(std::max<std::size_t>(layers, 1));
  return static_cast<std::size_t>(std::clamp(kBudget / cost, 1.0, kMost));
}

Result<Explanation> explain(const QuantizedModel& model, const CalibrationImages& images, const CalibrationOptions& options) {
  const std::vector<NodeId> ids = quantized_layers(model.graph);
  OCTET_ASSIGN(const auto plan, compile(ended_at(model.floats, head_values(model.floats))));
  const CalibrationImages few = spread_over(images, images_to_explain_with(macs_of(*plan), ids.size()));
  OCTET_ASSIGN(const HeadReference reference, head_reference(plan, few, options.threads));

  Explanation explanation;
  explanation.images = reference.inputs.size();
  OCTET_ASSIGN(const double whole, head_error(model.graph, reference, options.threads));
  explanation.snr_db = decibels(1, whole);
  OCTET_ASSIGN(explanation.tensors, tensor_figures(model.floats, model.graph, few, options.threads));
  for (TensorFigures& tensor : explanation.tensors)
    if (const auto method = model.methods.find(tensor.node); method != model.methods.end()) tensor.method = method->second;

  const LayerTrials trials = try_layers(ended_at(model.floats, head_values(model.floats)), model.graph, names_of(model.graph, ids));
  OCTET_ASSIGN(const auto effects, effects_of(trials, reference, options.threads, options.progress));
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const Node& node = model.graph.node(model.graph.find(trials.layers[i].name));
    explanation.layers.push_back({node.name, std::string(schema_of(node.op).name), bits_of(model.graph, node),
                                  decibels(effects[i].result.signal, effects[i].result.noise), mean_error(effects[i].heads)});
  }
  share_out(explanation.layers);
  explanation.floats = float_layers(model, explanation.layers);
  return explanation;
}

}  // namespace octet::quant
