#include "quant/explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "quant/channels.h"
#include "quant/layer_alone.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

struct Powers {
  double signal = 0, noise = 0;

  void add(const Tensor& truth, const Tensor& found) {
    const auto a = truth.values<float>(), b = found.values<float>();
    for (std::size_t i = 0; i < a.size(); ++i) {
      signal += static_cast<double>(a[i]) * static_cast<double>(a[i]);
      noise += std::pow(static_cast<double>(b[i]) - static_cast<double>(a[i]), 2);
    }
  }
  double relative() const { return noise <= 0 ? 0 : noise / std::max(signal, 1e-30); }
};

// Images that are used, and what the model in floats makes of each.
struct Reference {
  std::vector<Tensor> inputs;
  std::vector<std::vector<Tensor>> heads;
};

std::vector<Tensor> kept(std::span<const Tensor> outputs) {
  std::vector<Tensor> copies;
  for (const Tensor& output : outputs) copies.push_back(Tensor::of<float>(output.shape(), to_vector<float>(output)));
  return copies;
}

std::int64_t macs_of(const Plan& plan) {
  std::int64_t macs = 0;
  for (const StepInfo& step : plan.steps()) macs += step.macs;
  return macs;
}

// `count` of the images, spread over all.
CalibrationImages spread_over(const CalibrationImages& images, std::size_t count) {
  return {std::min(count, images.count),
          [&images, count = std::min(count, images.count)](std::size_t index) { return images.load(index * images.count / count); }};
}

Result<Reference> reference_of(Session& session, const CalibrationImages& images) {
  Reference reference;
  for (std::size_t i = 0; i < images.count; ++i) {
    auto input = images.load(i);
    if (!input.ok()) continue;
    OCTET_ASSIGN(const auto heads, session.run(std::span(&*input, 1)));
    reference.heads.push_back(kept(heads));
    reference.inputs.push_back(std::move(*input));
  }
  if (reference.inputs.empty()) return Error{ErrorCode::kNotFound, "no image could be used to explain the quantization with"};
  return reference;
}

// Mean over the heads of their relative error.
double error_of(const std::vector<Powers>& heads) {
  double sum = 0;
  for (const Powers& head : heads) sum += head.relative();
  return heads.empty() ? 0 : sum / static_cast<double>(heads.size());
}

struct Measured {
  Powers result;  // of the layer
  std::vector<Powers> heads;
};

// A graph whose first outputs are the heads, and whose last two, if there are more, are a layer's result in floats and quantized.
Result<Measured> measure(const Graph& graph, const Reference& reference, int threads) {
  OCTET_ASSIGN(const auto plan, compile(graph));
  Session session(plan, threads);
  Measured measured;
  for (std::size_t i = 0; i < reference.inputs.size(); ++i) {
    OCTET_ASSIGN(const auto outputs, session.run(std::span(&reference.inputs[i], 1)));
    const std::vector<Tensor>& heads = reference.heads[i];
    measured.heads.resize(heads.size());
    for (std::size_t head = 0; head < heads.size(); ++head) measured.heads[head].add(heads[head], outputs[head]);
    if (outputs.size() == heads.size() + 2) measured.result.add(outputs[heads.size()], outputs[heads.size() + 1]);
  }
  return measured;
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
  Session session(plan, options.threads);
  const CalibrationImages few = spread_over(images, images_to_explain_with(macs_of(*plan), ids.size()));
  OCTET_ASSIGN(const Reference reference, reference_of(session, few));

  Explanation explanation;
  explanation.images = reference.inputs.size();
  OCTET_ASSIGN(const Measured whole, measure(ended_at(model.graph, head_values(model.graph)), reference, options.threads));
  explanation.snr_db = decibels(1, error_of(whole.heads));
  OCTET_ASSIGN(explanation.tensors, tensor_figures(model.floats, model.graph, few, options.threads));
  for (TensorFigures& tensor : explanation.tensors)
    if (const auto method = model.methods.find(tensor.node); method != model.methods.end()) tensor.method = method->second;

  const LayersAlone alone(model.floats, model.graph);
  for (const NodeId id : ids) {
    if (options.progress) options.progress(static_cast<std::int64_t>(explanation.layers.size()), static_cast<std::int64_t>(ids.size()));
    const Node& node = model.graph.node(id);
    OCTET_ASSIGN(const Measured measured, measure(alone.graph_of(id), reference, options.threads));
    explanation.layers.push_back({node.name, std::string(schema_of(node.op).name), bits_of(model.graph, node),
                                  decibels(measured.result.signal, measured.result.noise), error_of(measured.heads)});
  }
  if (options.progress) options.progress(static_cast<std::int64_t>(ids.size()), static_cast<std::int64_t>(ids.size()));
  share_out(explanation.layers);
  explanation.floats = float_layers(model, explanation.layers);
  return explanation;
}

}  // namespace octet::quant
