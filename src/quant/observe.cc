#include "quant/observe.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace octet::quant {
namespace {

using Histograms = std::map<Value, ChannelHistogram>;
using AllRanges = std::map<Value, ImageRanges>;

constexpr double kEnough = 1.0 / 255;

// Whether rare values may be far beyond the usual ones, as behind a SiLU. Behind clamps and straight lines the extremes serve better, in
// all models that were measured (docs/quantization-experiments.md).
bool is_smooth_activation(const Node& node) {
  const auto* unary = std::get_if<Unary>(&node.op);
  if (!unary) return false;
  return unary->kind == UnaryKind::kSwish || unary->kind == UnaryKind::kMish || unary->kind == UnaryKind::kGelu ||
         unary->kind == UnaryKind::kGeluTanh;
}

// Histograms of the values that are quantized channel by channel. So many images are enough for them.
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

CalibrationImages share_of(const CalibrationImages& images, const Share& share) {
  const auto name = [&images, share](std::size_t index) { return images.name(share.item(index)); };
  return {share.size(images.count), [&images, share](std::size_t index) { return images.load(share.item(index)); },
          images.name ? name : std::function<std::string(std::size_t)>()};
}

}  // namespace

std::vector<Value> observed_values(const Graph& graph, const QuantizationPlan& plan) {
  std::set<Value> values;
  for (const Point& point : plan.points) values.insert(point.value);
  for (const NodeId convolution : plan.convolutions) values.insert(graph.node(convolution).inputs[0]);
  return {values.begin(), values.end()};
}

Result<CalibrationStatistics> observe(const Graph& graph, const QuantizationPlan& plan, const CalibrationImages& images,
                                      const CalibrationOptions& options, const CalibrationCheckpoint& checkpoint) {
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

}  // namespace octet::quant
