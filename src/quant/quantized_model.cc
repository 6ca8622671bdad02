#include "quant/quantized_model.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/parallel.h"
#include "graph/patterns.h"
#include "quant/bias_correction.h"
#include "quant/channels.h"
#include "quant/clipping.h"
#include "quant/finite.h"
#include "quant/pixel_range.h"
#include "quant/ranges.h"

namespace octet::quant {
namespace {

constexpr std::size_t kConvolutionsTogether = 16;

// Builds the quantized graph beside the original one, whose ids stay valid throughout.
class Quantizer {
 public:
  Quantizer(const Graph& graph, const QuantizationPlan& plan, const CalibrationStatistics& statistics, const RoundedWeights& rounded,
            const QuantizationSettings& settings)
      : source_(graph),
        plan_(plan),
        observers_(statistics.observers),
        histograms_(statistics.histograms),
        ranges_(statistics.ranges),
        rounded_(rounded),
        settings_(settings),
        result_{.graph = graph, .floats = graph} {}

  Result<QuantizedModel> run(const std::vector<NodeId>& layers) {
    for (const NodeId layer : layers) {
      const bool is_wide = !std::ranges::binary_search(plan_.layers, layer);
      result_.layers.push_back({source_.node(layer).name, is_wide ? 32 : 8});
      if (is_wide) take_in_moves(layer);
    }
    // Some at a time, as the weights of all may be as much memory as the model.
    for (std::span<const NodeId> left = plan_.convolutions; !left.empty();) {
      const auto some = left.first(std::min(kConvolutionsTogether, left.size()));
      const std::vector<Quantized> quantized = quantized_weights(some);
      for (std::size_t i = 0; i < some.size(); ++i) OCTET_RETURN_IF_ERROR(quantize_convolution(some[i], quantized[i]));
      left = left.subspan(some.size());
    }
    OCTET_RETURN_IF_ERROR(insert_points());
    result_.graph.tidy();
    result_.is_second_order = !rounded_.empty();
    for (const auto& [value, observer] : observers_) result_.images = std::max(result_.images, observer.images());
    return std::move(result_);
  }

 private:
  // A convolution in float has no use for what moved the channels of its input around zero and made them alike.
  void take_in_moves(NodeId layer) {
    const Node& node = source_.node(layer);
    if (!has_known_weights(source_, node)) return;
    const Value input = node.inputs[0];
    const auto bias = bias_behind_unpadded(source_, layer);
    const bool is_moved = bias && moves_channels(source_, input);
    if (is_moved) take_in_offset(layer, *bias);
    take_in_scale(layer, is_moved ? constant_side(source_, input)->data : input);
  }

  void take_in_offset(NodeId layer, NodeId add) {
    const Node& node = source_.node(layer);
    const ConstantSide offset = *constant_side(source_, node.inputs[0]);
    const ConstantSide side = *constant_side(source_, {add, 0});
    const auto offsets = offset.constant->values<float>(), weights = source_.constant(node.inputs[1])->values<float>();
    auto bias = to_vector<double>(*side.constant);
    for_each_weight(*convolution_geometry(source_, node), [&](std::size_t o, std::size_t i, std::size_t at) {
      bias[o] += static_cast<double>(weights[at]) * static_cast<double>(offsets[i]);
    });
    const std::vector<float> floats(bias.begin(), bias.end());
    Graph& graph = result_.graph;
    graph.set_input(add, side.input,
                    graph.emit_constant(Tensor::of<float>(side.constant->shape(), floats), source_.node(add).name + "/bias"));
    graph.set_input(layer, 0, offset.data);
  }

  // `data`: what a convolution in float reads.
  void take_in_scale(NodeId layer, Value data) {
    const Node& node = source_.node(layer);
    if (!scales_channels(source_, data)) return;
    const ConstantSide scale = *constant_side(source_, data);
    const auto factors = scale.constant->values<float>();
    const Tensor& constant = *source_.constant(node.inputs[1]);
    std::vector<float> weights = to_vector<float>(constant);
    for_each_weight(*convolution_geometry(source_, node), [&](std::size_t, std::size_t i, std::size_t at) { weights[at] *= factors[i]; });
    Graph& graph = result_.graph;
    graph.set_input(layer, 1, graph.emit_constant(Tensor::of<float>(constant.shape(), weights), node.name + "/weights"));
    graph.set_input(layer, 0, scale.data);
  }

  // Of a convolution: its weights, and what their rounding takes from its bias.
  struct Quantized {
    std::shared_ptr<const WeightQuantization> weights{};
    std::vector<float> bias_shift{};
  };

  std::vector<Quantized> quantized_weights(std::span<const NodeId> convolutions) const {
    std::vector<Quantized> quantized(convolutions.size());
    parallel_for_each(std::max(1, settings_.threads), quantized.size(), [&](int, std::size_t i) {
      const NodeId convolution = convolutions[i];
      const auto rounded = rounded_.find(convolution);
      Quantized& made = quantized[i];
      made.weights = rounded != rounded_.end()
                         ? rounded->second
                         : std::make_shared<WeightQuantization>(nearest_weights(source_, convolution, settings_.pair_safe));
      const auto observer = observers_.find(source_.node(convolution).inputs[0]);
      if (observer == observers_.end()) return;
      const auto weights = source_.constant(source_.node(convolution).inputs[1])->values<float>();
      made.bias_shift = bias_shift(source_, convolution, weights, *made.weights, observer->second.mean());
    });
    return quantized;
  }

  Status quantize_convolution(NodeId convolution, const Quantized& quantized) {
    const Node& node = source_.node(convolution);
    const ConvolutionGeometry geometry = *convolution_geometry(source_, node);
    OCTET_RETURN_IF_ERROR(correct_bias(convolution, quantized.bias_shift));

    const Shape scale_shape =
        geometry.grouped ? Shape{geometry.groups, geometry.group_outputs, 1, 1, 1} : Shape{geometry.outputs(), 1, 1, 1};
    Graph& graph = result_.graph;
    const std::span<const std::int8_t> values(quantized.weights->values);
    const Tensor weights(ElementType::kI8, source_.shape(node.inputs[1]), std::as_bytes(values), quantized.weights);
    const Value integers = graph.emit_constant(weights, node.name + "/weights");
    const Value real = graph.emit(Convert{ElementType::kF32}, {integers}, node.name + "/weights_f32");
    const Value scale = graph.emit_constant(Tensor::of<float>(scale_shape, quantized.weights->scale), node.name + "/weights_scale");
    graph.set_input(convolution, 1, graph.emit(Binary{BinaryKind::kMultiply}, {real, scale}, node.name + "/fq_weights_1"));
    ++result_.convolutions;
    return {};
  }

  Status correct_bias(NodeId convolution, std::span<const float> shift) {
    const auto add = only_reader(source_, {convolution, 0});
    if (shift.empty() || !add) return {};
    const auto side = constant_side(source_, {*add, 0});
    if (!side || side->kind != BinaryKind::kAdd || !is_bias_of(*side->constant, source_.shape({convolution, 0}))) return {};
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
    if (settings_.estimator) return estimated_range(point);
    const RangeObserver& observer = observers_.at(point.value);
    if (point.per_channel) return ranges_of_channels(point.value);
    return {{observer.typical_min(kSpread)},
            {observer.typical_max(kSpread)},
            fmt::format("mean of the pictures' extremes, widened by {:g} standard deviations", kSpread)};
  }

  Range estimated_range(const Point& point) const {
    const bool symmetric = settings_.preset == Preset::kPerformance;
    const RangeEstimator estimator = filled(*settings_.estimator, symmetric, point.per_channel);
    const ImageRanges& ranges = ranges_.at(point.value);
    Range range;
    range.method = description_of(estimator);
    for (std::size_t c = 0; c < ranges.channels(); ++c) {
      double low = ranges.low(c, estimator), high = ranges.high(c, estimator);
      if (estimator.min.clipping_value) low = std::max(low, *estimator.min.clipping_value);
      if (estimator.max.clipping_value) high = std::min(high, *estimator.max.clipping_value);
      // Of symmetric limits the lower end says but whether there is a sign.
      range.low.push_back(symmetric && low < 0 ? -high : low);
      range.high.push_back(high);
    }
    return range;
  }

  // What was not counted ends at its extremes.
  Range ranges_of_channels(Value value) const {
    const RangeObserver& observer = observers_.at(value);
    const auto counted = histograms_.find(value);
    Range range;
    range.method = counted == histograms_.end() ? "each channel from its least to its greatest value in all pictures"
                                                : "each channel between the ends that give its values the least squared error";
    for (std::size_t c = 0; c < observer.min().size(); ++c) {
      const ChannelRange extremes{static_cast<double>(observer.min()[c]), static_cast<double>(observer.max()[c])};
      const auto [low, high] = counted == histograms_.end() ? extremes : clipped_range(extremes, counted->second, c);
      range.low.push_back(low);
      range.high.push_back(high);
    }
    return range;
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
      const Range& range = of_group[point.group];
      const Limits limits =
          settings_.preset == Preset::kPerformance ? symmetric_limits(range.low, range.high) : asymmetric_limits(range.low, range.high);
      if (!all_finite(limits.low) || !all_finite(limits.high))
        return no_numbers(node_before_scale(source_, point.value), "gives values that are too large to have a range");
      insert(point, limits, range.method);
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
  const std::map<Value, RangeObserver>& observers_;
  const std::map<Value, ChannelHistogram>& histograms_;
  const std::map<Value, ImageRanges>& ranges_;
  const RoundedWeights& rounded_;
  const QuantizationSettings& settings_;
  QuantizedModel result_;
};

}  // namespace

Result<QuantizedModel> quantized_model(const Graph& graph, const QuantizationPlan& plan, const std::vector<NodeId>& layers,
                                       const CalibrationStatistics& statistics, const RoundedWeights& rounded,
                                       const QuantizationSettings& settings) {
  return Quantizer(graph, plan, statistics, rounded, settings).run(layers);
}

}  // namespace octet::quant
