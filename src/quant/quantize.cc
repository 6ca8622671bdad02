#include "quant/quantize.h"

#include <algorithm>
#include <utility>

#include "passes/standard.h"
#include "quant/center.h"
#include "quant/equalize.h"
#include "quant/finite.h"
#include "quant/observe.h"
#include "quant/settle.h"
#include "quant/weights_matter.h"

namespace octet::quant {
namespace {

Status expect_finite_weights(const Graph& graph, const QuantizationPlan& plan) {
  for (const NodeId convolution : plan.convolutions)
    if (!all_finite(graph.constant(graph.node(convolution).inputs[1])->values<float>()))
      return no_numbers(graph.node(convolution), "has weights that are infinite or no numbers");
  return {};
}

// The ranges of channels, by which they are made alike, are known well enough from a few images of the set.
constexpr std::size_t kImagesForChannels = 16;

CalibrationImages some_of(const CalibrationImages& images) {
  const std::size_t step = std::max<std::size_t>(1, images.count / kImagesForChannels);
  const auto name = [&images, step](std::size_t index) { return images.name(index * step); };
  return {(images.count + step - 1) / step, [&images, step](std::size_t index) { return images.load(index * step); },
          images.name ? name : std::function<std::string(std::size_t)>()};
}

// Constants of a file are parts of it as it is mapped, and a single one that is left holds all of it.
void let_go_of_file(Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    if (const Tensor* constant = graph.constant({id, 0})) {
      Tensor copy(constant->type(), constant->shape());
      std::ranges::copy(constant->bytes(), copy.mutable_bytes().begin());
      graph.set_op(id, Constant{std::move(copy)});
    }
  }
}

// The graph with its channels around zero and made alike. Warnings and progress are left to the pass over all images.
Result<Graph> equalized(Graph graph, const CalibrationImages& images, int threads) {
  insert_scales(graph);
  insert_offsets(graph);
  const QuantizationPlan plan = plan_quantization(graph);
  if (plan.convolutions.empty()) return Error{ErrorCode::kUnsupported, "the model has no convolution to quantize"};
  OCTET_RETURN_IF_ERROR(expect_finite_weights(graph, plan));
  CalibrationOptions options;
  options.threads = threads;
  options.of_channels = true;
  auto observers = calibrate(graph, observed_values(graph, plan), some_of(images), options);
  if (!observers.ok() && observers.error().code == ErrorCode::kNotFound)
    observers = calibrate(graph, observed_values(graph, plan), images, options);
  OCTET_RETURN_IF_ERROR(observers);
  const ChannelOffsets offsets = center_channels(graph, plan, *observers, kSpread);
  equalize_channels(graph, plan, *observers, offsets, kSpread, threads);
  remove_idle_offsets(graph);
  let_go_of_file(graph);
  return graph;
}

}  // namespace

Result<CalibratedModel> CalibratedModel::calibrate(Graph source, const CalibrationImages& images, const CalibrationOptions& options) {
  passes::run_reading_passes(source);
  passes::run_execution_passes(source);
  for (const Node& node : source.nodes())
    if (std::holds_alternative<FakeQuantize>(node.op))
      return Error{ErrorCode::kMalformed, "the model is quantized already (node '" + node.name + "'); start from the FP32 IR"};
  if (source.parameters().size() != 1)
    return Error{ErrorCode::kUnsupported,
                 "a model with " + std::to_string(source.parameters().size()) + " inputs cannot be calibrated with images"};
  OCTET_ASSIGN(Graph alike, equalized(std::move(source), images, options.threads));
  CalibratedModel model(std::move(alike), options);
  OCTET_RETURN_IF_ERROR(expect_finite_weights(model.graph_, model.plan_));
  if (options.known) {
    OCTET_RETURN_IF_ERROR(expect_statistics_of(model.graph_, model.plan_, *options.known, options.estimator.has_value()));
    model.statistics_ = *options.known;
  } else if (options.store) {
    OCTET_ASSIGN(model.statistics_, observe_blocks(model.graph_, model.plan_, images, options));
  } else {
    PictureCurve curve(model.plan_, kSpread);
    const auto checkpoint = [&curve](std::int64_t seen, const std::map<Value, RangeObserver>& observers) { curve.add(seen, observers); };
    const bool may_stop = options.stops_when_enough && options.share.is_whole() && images.count > 2 * kImagesOfBlock;
    OCTET_ASSIGN(model.statistics_, may_stop ? observe_until_enough(model.graph_, model.plan_, images, options, curve)
                                             : observe(model.graph_, model.plan_, images, options, checkpoint));
    if (options.share.is_whole()) model.curve_ = curve.points();
  }
  return model;
}

Result<RoundedWeights> CalibratedModel::better_weights(const CalibrationImages& images, int threads) const {
  if (images.count < kImagesOfSecondOrder) return RoundedWeights{};
  OCTET_ASSIGN(const bool matters, rounding_matters(images, threads));
  if (!matters) return RoundedWeights{};
  return second_order_weights(graph_, plan_, statistics_.observers, images, threads, settings_.pair_safe);
}

Result<bool> CalibratedModel::rounding_matters(const CalibrationImages& images, int threads) const {
  // To settle biases moves them even where rounding the weights costs nothing.
  OCTET_ASSIGN(const QuantizedModel nearest, unsettled({}, {}));
  return weights_matter(nearest, images, threads);
}

Result<QuantizedModel> CalibratedModel::quantize(const std::set<NodeId>& wide, const RoundedWeights& rounded) const {
  OCTET_ASSIGN(QuantizedModel model, unsettled(wide, rounded));
  settle_numbers(model.graph);
  return model;
}

Result<QuantizedModel> CalibratedModel::unsettled(const std::set<NodeId>& wide, const RoundedWeights& rounded) const {
  if (statistics_.observers.empty()) return no_image_was_used();
  const QuantizationPlan plan = plan_quantization(graph_, wide);
  return quantized_model(graph_, plan, plan_.layers, statistics_, rounded, settings_);
}

Result<QuantizedModel> quantize(const Graph& source, const CalibrationImages& images, const CalibrationOptions& options) {
  OCTET_ASSIGN(const CalibratedModel model, CalibratedModel::calibrate(source, images, options));
  return model.quantize({});
}

}  // namespace octet::quant
