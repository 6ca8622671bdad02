#include "quant/quantize.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "graph/patterns.h"
#include "passes/standard.h"
#include "quant/bias_correction.h"
#include "quant/channels.h"
#include "quant/equalize.h"
#include "quant/pair_safe.h"
#include "quant/pixel_range.h"
#include "quant/placement.h"
#include "quant/ranges.h"

namespace octet::quant {
namespace {

using Observers = std::map<Value, RangeObserver>;

// A tensor's range is the mean of the images' extremes, widened by this many of their standard deviations. The mean alone (the
// reference's choice, D.4) cuts off half of the images; chosen on train2017 by fidelity, docs/quantization.md has the figures.
constexpr double kSpread = 0.5;

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

Error no_numbers(const Node& node, std::string_view what) {
  return {ErrorCode::kMalformed, "node '" + node.name + "' " + std::string(what)};
}

// Builds the quantized graph beside the original one, whose ids stay valid throughout.
class Quantizer {
 public:
  Quantizer(const Graph& graph, const QuantizationPlan& plan, const Observers& observers, bool pair_safe)
      : source_(graph), plan_(plan), observers_(observers), pair_safe_(pair_safe), result_{.graph = graph, .floats = graph} {}

  // kMalformed where a bias or a range leaves float.
  Result<QuantizedModel> run() {
    for (const NodeId convolution : plan_.convolutions) OCTET_RETURN_IF_ERROR(quantize_convolution(convolution));
    OCTET_RETURN_IF_ERROR(insert_points());
    result_.graph.tidy();
    for (const auto& [value, observer] : observers_) result_.images = std::max(result_.images, observer.images());
    return std::move(result_);
  }

 private:
  Status quantize_convolution(NodeId convolution) {
    const Node& node = source_.node(convolution);
    const ConvolutionGeometry geometry = *convolution_geometry(source_, node);
    const Tensor& constant = *source_.constant(node.inputs[1]);
    const auto weights = constant.values<float>();
    const auto outputs = static_cast<std::size_t>(geometry.outputs());
    WeightQuantization quantized = quantize_weights(weights, outputs, static_cast<std::size_t>(geometry.taps()));
    if (pair_safe_ && geometry.taps() == 1 && geometry.groups == 1) make_pair_safe(weights, outputs, quantized);
    OCTET_RETURN_IF_ERROR(correct_bias(convolution, weights, quantized));

    const Shape scale_shape =
        geometry.grouped ? Shape{geometry.groups, geometry.group_outputs, 1, 1, 1} : Shape{geometry.outputs(), 1, 1, 1};
    Graph& graph = result_.graph;
    const Value integers = graph.emit_constant(Tensor::of<std::int8_t>(constant.shape(), quantized.values), node.name + "/weights");
    const Value real = graph.emit(Convert{ElementType::kF32}, {integers}, node.name + "/weights_f32");
    const Value scale = graph.emit_constant(Tensor::of<float>(scale_shape, quantized.scale), node.name + "/weights_scale");
    graph.set_input(convolution, 1, graph.emit(Binary{BinaryKind::kMultiply}, {real, scale}, node.name + "/fq_weights_1"));
    ++result_.convolutions;
    return {};
  }

  Status correct_bias(NodeId convolution, std::span<const float> weights, const WeightQuantization& quantized) {
    const auto observer = observers_.find(source_.node(convolution).inputs[0]);
    const auto add = only_reader(source_, {convolution, 0});
    if (observer == observers_.end() || !add) return {};
    const auto side = constant_side(source_, {*add, 0});
    if (!side || side->kind != BinaryKind::kAdd || !is_bias_of(*side->constant, source_.shape({convolution, 0}))) return {};
    const auto shift = bias_shift(source_, convolution, weights, quantized, observer->second.mean());
    auto corrected = to_vector<float>(*side->constant);
    for (std::size_t i = 0; i < corrected.size(); ++i) corrected[i] += shift[i];
    if (!all_finite(corrected)) return no_numbers(source_.node(*add), "would have a bias that is infinite or no number");
    const Tensor bias = Tensor::of<float>(side->constant->shape(), corrected);
    result_.graph.set_input(*add, side->input, result_.graph.emit_constant(bias, source_.node(*add).name + "/bias"));
    return {};
  }

  // Minimum and maximum of a point before they are made into limits.
  struct Range {
    std::vector<double> low, high;
    std::string method;  // in words
  };

  Range range_of(const Point& point) const {
    if (auto pixels = pixel_range(source_, point.value)) {
      const char* const method = "what pixels of 0 to 255 become";
      if (point.per_channel) return {std::move(pixels->low), std::move(pixels->high), method};
      return {{*std::min_element(pixels->low.begin(), pixels->low.end())},
              {*std::max_element(pixels->high.begin(), pixels->high.end())},
              method};
    }
    const RangeObserver& observer = observers_.at(point.value);
    if (point.per_channel)
      return {{observer.min().begin(), observer.min().end()},
              {observer.max().begin(), observer.max().end()},
              "each channel from its least to its greatest value in all pictures"};
    return {{observer.typical_min(kSpread)},
            {observer.typical_max(kSpread)},
            fmt::format("mean of the pictures' extremes, widened by {:g} standard deviations", kSpread)};
  }

  Status insert_points() {
    std::vector<Range> of_group(plan_.groups);
    for (const Point& point : plan_.points) {
      Range& group = of_group[point.group];
      const Range range = range_of(point);
      if (group.low.empty())
        group = range;
      else
        group.method = "the widest of the ranges that are joined here, each: " + range.method;
      for (std::size_t i = 0; i < range.low.size(); ++i) {
        group.low[i] = std::min(group.low[i], range.low[i]);
        group.high[i] = std::max(group.high[i], range.high[i]);
      }
    }
    for (const Point& point : plan_.points) {
      const Limits limits = asymmetric_limits(of_group[point.group].low, of_group[point.group].high);
      if (!all_finite(limits.low) || !all_finite(limits.high))
        return no_numbers(node_before_scale(source_, point.value), "gives values that are too large to have a range");
      insert(point, limits, of_group[point.group].method);
    }
    return {};
  }

  void insert(const Point& point, const Limits& limits, const std::string& method) {
    Graph& graph = result_.graph;
    const std::string name = source_.node(point.value).name + "/fq_output_" + std::to_string(point.value.port);
    const auto count = static_cast<std::int64_t>(limits.low.size());
    const Shape shape = count == 1 ? Shape{1, 1, 1, 1} : Shape{1, count, 1, 1};
    const Value low = graph.emit_constant(Tensor::of<float>(shape, limits.low), name + "/low");
    const Value high = graph.emit_constant(Tensor::of<float>(shape, limits.high), name + "/high");
    const Value quantized = graph.emit(FakeQuantize{256}, {point.value, low, high, low, high}, name);
    for (const Edge& edge : point.edges) graph.set_input(edge.reader, edge.input, quantized);
    result_.methods[graph.node(quantized).name] = method;
    ++result_.points;
  }

  const Graph& source_;
  const QuantizationPlan& plan_;
  const Observers& observers_;
  bool pair_safe_;
  QuantizedModel result_;
};

std::vector<Value> observed_values(const Graph& graph, const QuantizationPlan& plan) {
  std::set<Value> values;
  for (const Point& point : plan.points) values.insert(point.value);
  for (const NodeId convolution : plan.convolutions) values.insert(graph.node(convolution).inputs[0]);
  return {values.begin(), values.end()};
}

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

// The graph with its channels made alike. Warnings and progress are left to the pass over all images.
Result<Graph> equalized(const Graph& graph, const CalibrationImages& images, int threads) {
  Graph result = graph;
  insert_scales(result);
  const QuantizationPlan plan = plan_quantization(result);
  if (plan.convolutions.empty()) return Error{ErrorCode::kUnsupported, "the model has no convolution to quantize"};
  OCTET_RETURN_IF_ERROR(expect_finite_weights(result, plan));
  auto observers = calibrate(result, observed_values(result, plan), some_of(images), {threads, {}, {}});
  if (!observers.ok() && observers.error().code == ErrorCode::kNotFound)
    observers = calibrate(result, observed_values(result, plan), images, {threads, {}, {}});
  OCTET_RETURN_IF_ERROR(observers);
  equalize_channels(result, plan, *observers, kSpread);
  return result;
}

}  // namespace

Result<QuantizedModel> quantize(const Graph& source, const CalibrationImages& images, const CalibrationOptions& options) {
  Graph graph = source;
  passes::run_reading_passes(graph);
  passes::run_execution_passes(graph);
  for (const Node& node : graph.nodes())
    if (std::holds_alternative<FakeQuantize>(node.op))
      return Error{ErrorCode::kMalformed, "the model is quantized already (node '" + node.name + "'); start from the FP32 IR"};
  if (graph.parameters().size() != 1)
    return Error{ErrorCode::kUnsupported,
                 "a model with " + std::to_string(graph.parameters().size()) + " inputs cannot be calibrated with images"};
  OCTET_ASSIGN(const Graph alike, equalized(graph, images, options.threads));
  const QuantizationPlan plan = plan_quantization(alike);
  OCTET_RETURN_IF_ERROR(expect_finite_weights(alike, plan));
  OCTET_ASSIGN(const auto observers, calibrate(alike, observed_values(alike, plan), images, options));
  return Quantizer(alike, plan, observers, options.pair_safe).run();
}

}  // namespace octet::quant
