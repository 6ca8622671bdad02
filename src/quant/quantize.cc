#include "quant/quantize.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "graph/patterns.h"
#include "passes/standard.h"
#include "quant/bias_correction.h"
#include "quant/center.h"
#include "quant/channels.h"
#include "quant/clipping.h"
#include "quant/equalize.h"
#include "quant/head_error.h"
#include "quant/layer_alone.h"
#include "quant/pixel_range.h"
#include "quant/ranges.h"
#include "quant/settle.h"

namespace octet::quant {
namespace {

using Observers = std::map<Value, RangeObserver>;
using Histograms = std::map<Value, ChannelHistogram>;
using AllRanges = std::map<Value, ImageRanges>;

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
  Quantizer(const Graph& graph, const QuantizationPlan& plan, const CalibrationStatistics& statistics, const RoundedWeights& rounded,
            bool pair_safe, Preset preset, const std::optional<RangeEstimator>& estimator)
      : source_(graph),
        plan_(plan),
        observers_(statistics.observers),
        histograms_(statistics.histograms),
        ranges_(statistics.ranges),
        rounded_(rounded),
        pair_safe_(pair_safe),
        preset_(preset),
        estimator_(estimator),
        result_{.graph = graph, .floats = graph} {}

  // `layers` are all that integers could compute. kMalformed where a bias or a range leaves float.
  Result<QuantizedModel> run(const std::vector<NodeId>& layers) {
    for (const NodeId layer : layers) {
      const bool is_wide = !std::ranges::binary_search(plan_.layers, layer);
      result_.layers.push_back({source_.node(layer).name, is_wide ? 32 : 8});
      if (is_wide) take_in_moves(layer);
    }
    for (const NodeId convolution : plan_.convolutions) OCTET_RETURN_IF_ERROR(quantize_convolution(convolution));
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

  Status quantize_convolution(NodeId convolution) {
    const Node& node = source_.node(convolution);
    const ConvolutionGeometry geometry = *convolution_geometry(source_, node);
    const Tensor& constant = *source_.constant(node.inputs[1]);
    const auto weights = constant.values<float>();
    const auto rounded = rounded_.find(convolution);
    const WeightQuantization quantized = rounded != rounded_.end() ? rounded->second : nearest_weights(source_, convolution, pair_safe_);
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
    if (estimator_) return estimated_range(point);
    const RangeObserver& observer = observers_.at(point.value);
    if (point.per_channel) return ranges_of_channels(point.value);
    return {{observer.typical_min(kSpread)},
            {observer.typical_max(kSpread)},
            fmt::format("mean of the pictures' extremes, widened by {:g} standard deviations", kSpread)};
  }

  Range estimated_range(const Point& point) const {
    const bool symmetric = preset_ == Preset::kPerformance;
    const RangeEstimator estimator = filled(*estimator_, symmetric, point.per_channel);
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
          preset_ == Preset::kPerformance ? symmetric_limits(range.low, range.high) : asymmetric_limits(range.low, range.high);
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
  const Observers& observers_;
  const Histograms& histograms_;
  const AllRanges& ranges_;
  const RoundedWeights& rounded_;
  bool pair_safe_;
  Preset preset_;
  const std::optional<RangeEstimator>& estimator_;
  QuantizedModel result_;
};

std::vector<Value> observed_values(const Graph& graph, const QuantizationPlan& plan) {
  std::set<Value> values;
  for (const Point& point : plan.points) values.insert(point.value);
  for (const NodeId convolution : plan.convolutions) values.insert(graph.node(convolution).inputs[0]);
  return {values.begin(), values.end()};
}

// Histograms of the values that are quantized channel by channel. So many images are enough for them.
// Whether rare values may be far beyond the usual ones, as behind a SiLU. Behind clamps and straight lines the extremes serve better, in
// all models that were measured (docs/quantization.md).
bool is_smooth_activation(const Node& node) {
  const auto* unary = std::get_if<Unary>(&node.op);
  if (!unary) return false;
  return unary->kind == UnaryKind::kSwish || unary->kind == UnaryKind::kMish || unary->kind == UnaryKind::kGelu ||
         unary->kind == UnaryKind::kGeluTanh;
}

class HistogramCollector {
 public:
  static constexpr std::size_t kImages = 32;

  HistogramCollector(const Graph& graph, const QuantizationPlan& plan, std::size_t images, const Share& share, int threads)
      : step_(std::max<std::size_t>(1, images / kImages)), share_(share), of_worker_(static_cast<std::size_t>(std::max(1, threads))) {
    for (const Point& point : plan.points)
      if (point.per_channel && is_smooth_activation(graph.node(point.value)))
        channels_[point.value] = static_cast<std::size_t>(graph.shape(point.value)[1]);
  }

  void see(int worker, std::size_t index, const Observed& seen) {
    const auto channels = channels_.find(seen.value);
    if (share_.item(index) % step_ != 0 || channels == channels_.end()) return;
    ChannelHistogram& histogram = of_worker_[static_cast<std::size_t>(worker)].try_emplace(seen.value, channels->second).first->second;
    for (const auto& image : seen.images) histogram.add(image);
  }

  Histograms histograms() const {
    Histograms sum;
    for (const auto& [value, channels] : channels_) {
      ChannelHistogram& histogram = sum.try_emplace(value, channels).first->second;
      for (const Histograms& part : of_worker_)
        if (const auto found = part.find(value); found != part.end()) histogram.add(found->second);
    }
    return sum;
  }

 private:
  std::size_t step_;  // from one counted image to the next
  Share share_;
  std::map<Value, std::size_t> channels_;
  std::vector<Histograms> of_worker_;
};

// What an estimator takes of each image. Those of a worker are kept apart until all images are done.
class RangeCollector {
 public:
  RangeCollector(const Graph& graph, const QuantizationPlan& plan, const CalibrationOptions& options)
      : of_worker_(static_cast<std::size_t>(std::max(1, options.threads))) {
    if (!options.estimator) return;
    for (const Point& point : plan.points) {
      const std::size_t channels = point.per_channel ? static_cast<std::size_t>(graph.shape(point.value)[1]) : 1;
      ways_.try_emplace(point.value, channels, filled(*options.estimator, options.preset == Preset::kPerformance, point.per_channel));
    }
  }

  void see(int worker, const Observed& seen) {
    const auto way = ways_.find(seen.value);
    if (way == ways_.end()) return;
    const auto& [channels, estimator] = way->second;
    of_worker_[static_cast<std::size_t>(worker)].try_emplace(seen.value, channels).first->second.add(seen.images, estimator);
  }

  AllRanges ranges() const {
    AllRanges sum;
    for (const AllRanges& part : of_worker_)
      for (const auto& [value, ranges] : part) sum.try_emplace(value, ranges.channels()).first->second.add(ranges);
    return sum;
  }

 private:
  std::map<Value, std::pair<std::size_t, RangeEstimator>> ways_;  // ranges and how each is found
  std::vector<AllRanges> of_worker_;
};

Status expect_finite_weights(const Graph& graph, const QuantizationPlan& plan) {
  for (const NodeId convolution : plan.convolutions)
    if (!all_finite(graph.constant(graph.node(convolution).inputs[1])->values<float>()))
      return no_numbers(graph.node(convolution), "has weights that are infinite or no numbers");
  return {};
}

CalibrationImages share_of(const CalibrationImages& images, const Share& share) {
  const auto name = [&images, share](std::size_t index) { return images.name(share.item(index)); };
  return {share.size(images.count), [&images, share](std::size_t index) { return images.load(share.item(index)); },
          images.name ? name : std::function<std::string(std::size_t)>()};
}

// Of a share there may be no image that can be used, but not of all of them.
Result<CalibrationStatistics> observe(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                      const CalibrationOptions& options, const CalibrationCheckpoint& checkpoint = {}) {
  HistogramCollector histograms(graph, plan, images.count, options.share, options.threads);
  RangeCollector ranges(graph, plan, options);
  CalibrationStatistics statistics{digest_of_constants(graph), {}, {}};
  const auto see = [&](int worker, std::size_t index, const Observed& seen) {
    histograms.see(worker, index, seen);
    ranges.see(worker, seen);
  };
  auto observers = calibrate(graph, observed_values(graph, plan), share_of(images, options.share), options, see, checkpoint);
  if (observers.ok())
    statistics.observers = *std::move(observers);
  else if (options.share.is_whole() || observers.error().code != ErrorCode::kNotFound)
    return observers.error();
  statistics.histograms = histograms.histograms();
  statistics.ranges = ranges.ranges();
  return statistics;
}

Error no_image_was_used() { return {ErrorCode::kNotFound, "no image of the calibration set could be used"}; }

// Those of another graph, or of other channels, would be read beyond their ends.
Status expect_statistics_of(const Graph& graph, const QuantizationPlan& plan, const CalibrationStatistics& statistics, bool estimates) {
  if (statistics.observers.empty()) return no_image_was_used();
  const auto channels_of = [&graph](Value value) { return static_cast<std::size_t>(graph.shape(value)[1]); };
  bool fits = statistics.graph == digest_of_constants(graph);
  for (const Value value : observed_values(graph, plan)) {
    const auto observer = statistics.observers.find(value);
    fits = fits && observer != statistics.observers.end() && observer->second.min().size() == channels_of(value);
    const auto histogram = statistics.histograms.find(value);
    fits = fits && (histogram == statistics.histograms.end() || histogram->second.channels() == channels_of(value));
  }
  for (const Point& point : plan.points) {
    const auto ranges = statistics.ranges.find(point.value);
    const std::size_t channels = point.per_channel ? channels_of(point.value) : 1;
    fits = fits && (!estimates || (ranges != statistics.ranges.end() && ranges->second.channels() == channels));
  }
  if (fits) return {};
  return Error{
      ErrorCode::kMalformed,
      "the statistics of the parts are not of this model as these pictures make its channels alike: the model or pictures were changed"};
}

// Block by block, each of which the store knows or is told of. Statistics of blocks add up exactly.
Result<CalibrationStatistics> observe_blocks(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                             const CalibrationOptions& options) {
  CalibrationStatistics sum{digest_of_constants(graph), {}, {}};
  std::int64_t before = 0;
  for (;;) {
    OCTET_ASSIGN(const auto block, options.store->next(images.count));
    if (!block) return sum;
    CalibrationOptions of_block = options;
    of_block.share = *block;
    if (options.progress)
      of_block.progress = [&](std::int64_t done, std::int64_t) {
        options.progress(before + done, static_cast<std::int64_t>(images.count));
      };
    if (const CalibrationStatistics* known = options.store->known(*block)) {
      OCTET_RETURN_IF_ERROR(expect_statistics_of(graph, plan, *known, options.estimator.has_value()));
      OCTET_RETURN_IF_ERROR(add_statistics(*known, sum));
    } else {
      OCTET_ASSIGN(const CalibrationStatistics found, observe(graph, plan, images, of_block));
      OCTET_RETURN_IF_ERROR(options.store->keep(*block, found));
      OCTET_RETURN_IF_ERROR(add_statistics(found, sum));
    }
    before += static_cast<std::int64_t>(block->size(images.count));
  }
}

// Of many images some are enough: blocks of so many, each spread over all images, are observed until twice as many move the ranges by less
// than a step of their quantizers.
constexpr std::size_t kImagesOfBlock = 256;
constexpr double kEnough = 1.0 / 255;

Result<CalibrationStatistics> observe_until_enough(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                                   const CalibrationOptions& options, PictureCurve& curve) {
  const std::size_t blocks = (images.count + kImagesOfBlock - 1) / kImagesOfBlock;
  CalibrationStatistics sum{digest_of_constants(graph), {}, {}};
  std::int64_t before = 0;
  for (std::size_t block = 0, looks = 2; block < blocks; ++block) {
    const CalibrationImages some = share_of(images, {block, blocks});
    CalibrationOptions of_block = options;
    if (options.progress)
      of_block.progress = [&](std::int64_t done, std::int64_t) {
        options.progress(before + done, static_cast<std::int64_t>(images.count));
      };
    auto found = observe(graph, plan, some, of_block);
    before += static_cast<std::int64_t>(some.count);
    if (!found.ok() && found.error().code == ErrorCode::kNotFound) continue;  // none of these can be used
    OCTET_RETURN_IF_ERROR(found);
    OCTET_RETURN_IF_ERROR(add_statistics(*found, sum));
    const bool is_last = block + 1 == blocks;
    if (block + 1 != looks / 2 && !is_last) continue;
    looks *= 2;
    curve.add(images_of(sum), sum.observers);
    if (is_last || curve.last_distance() >= kEnough) continue;
    if (options.warn)
      options.warn(fmt::format("{} of {} pictures are enough: with half of them the ranges were {:.2f} % away, less than a step of 255",
                               images_of(sum), images.count, 100 * curve.last_distance()));
    if (options.progress) options.progress(static_cast<std::int64_t>(images.count), static_cast<std::int64_t>(images.count));
    return sum;
  }
  return sum;
}

// The ranges of channels, by which they are made alike, are known well enough from a few images of the set.
constexpr std::size_t kImagesForChannels = 16;

CalibrationImages some_of(const CalibrationImages& images) {
  const std::size_t step = std::max<std::size_t>(1, images.count / kImagesForChannels);
  const auto name = [&images, step](std::size_t index) { return images.name(index * step); };
  return {(images.count + step - 1) / step, [&images, step](std::size_t index) { return images.load(index * step); },
          images.name ? name : std::function<std::string(std::size_t)>()};
}

// Weights are worth more than to be rounded each for itself where that alone makes this part of the heads' error, in so many images.
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

// Whether rounding the weights makes a good part of the error.
Result<bool> weights_matter(const QuantizedModel& model, const CalibrationImages& images, int threads) {
  OCTET_ASSIGN(const HeadReference reference, head_reference(model.floats, spread_over(images, kImagesForWeights), threads));
  OCTET_ASSIGN(const double of_all, head_error(model.graph, reference, threads));
  OCTET_ASSIGN(const double of_weights, head_error(without_quantizers(model.graph), reference, threads));
  return of_weights > kLeastShareOfWeights * of_all;
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
  auto observers = calibrate(graph, observed_values(graph, plan), some_of(images), {threads, {}, {}});
  if (!observers.ok() && observers.error().code == ErrorCode::kNotFound)
    observers = calibrate(graph, observed_values(graph, plan), images, {threads, {}, {}});
  OCTET_RETURN_IF_ERROR(observers);
  const ChannelOffsets offsets = center_channels(graph, plan, *observers, kSpread);
  equalize_channels(graph, plan, *observers, offsets, kSpread);
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
    const auto checkpoint = [&curve](std::int64_t seen, const Observers& observers) { curve.add(seen, observers); };
    const bool may_stop = options.stops_when_enough && options.share.is_whole() && images.count > 2 * kImagesOfBlock;
    OCTET_ASSIGN(model.statistics_, may_stop ? observe_until_enough(model.graph_, model.plan_, images, options, curve)
                                             : observe(model.graph_, model.plan_, images, options, checkpoint));
    if (options.share.is_whole()) model.curve_ = curve.points();
  }
  return model;
}

Result<RoundedWeights> CalibratedModel::better_weights(const CalibrationImages& images, int threads) const {
  if (images.count < kImagesOfSecondOrder) return RoundedWeights{};
  // To settle biases moves them even where rounding the weights costs nothing.
  OCTET_ASSIGN(const QuantizedModel nearest, unsettled({}, {}));
  OCTET_ASSIGN(const bool matters, weights_matter(nearest, images, threads));
  if (!matters) return RoundedWeights{};
  return second_order_weights(graph_, plan_, statistics_.observers, images, threads, pair_safe_);
}

Result<QuantizedModel> CalibratedModel::quantize(const std::set<NodeId>& wide, const RoundedWeights& rounded) const {
  OCTET_ASSIGN(QuantizedModel model, unsettled(wide, rounded));
  settle_numbers(model.graph);
  return model;
}

Result<QuantizedModel> CalibratedModel::unsettled(const std::set<NodeId>& wide, const RoundedWeights& rounded) const {
  if (statistics_.observers.empty()) return no_image_was_used();
  const QuantizationPlan plan = plan_quantization(graph_, wide);
  return Quantizer(graph_, plan, statistics_, rounded, pair_safe_, preset_, estimator_).run(plan_.layers);
}

Result<QuantizedModel> quantize(const Graph& source, const CalibrationImages& images, const CalibrationOptions& options) {
  OCTET_ASSIGN(const CalibratedModel model, CalibratedModel::calibrate(source, images, options));
  return model.quantize({});
}

}  // namespace octet::quant
