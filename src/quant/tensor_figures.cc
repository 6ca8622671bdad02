#include "quant/tensor_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "quant/channels.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

int bits_of(std::int64_t levels) { return static_cast<int>(std::ceil(std::log2(static_cast<double>(levels)))); }

// Counts what falls where between the limits of a quantizer.
class Histogram {
 public:
  Histogram(std::vector<float> low, std::vector<float> high, std::int64_t levels)
      : low_(std::move(low)), high_(std::move(high)), steps_(static_cast<double>(levels - 1)) {}

  void add(const kernels::ImageView<const float>& image) {
    for (std::int64_t pixel = 0; pixel < image.pixels(); ++pixel)
      for (std::int64_t c = 0; c < image.channels; ++c)
        add(static_cast<double>(image.data[pixel * image.pixel_stride + c]), low_.size() == 1 ? 0 : static_cast<std::size_t>(c));
  }

  void fill(TensorFigures& figures) const {
    const auto share = [this](std::int64_t count) { return total_ == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(total_); };
    figures.ranges = low_.size();
    figures.low = *std::ranges::min_element(low_);
    figures.high = *std::ranges::max_element(high_);
    std::vector<double> steps;
    for (std::size_t i = 0; i < low_.size(); ++i) steps.push_back(width(i) / steps_);
    figures.least_step = *std::ranges::min_element(steps);
    figures.step = *std::ranges::max_element(steps);
    figures.least = least_;
    figures.greatest = greatest_;
    figures.below_share = share(below_);
    figures.above_share = share(above_);
    figures.clipped_share = share(below_ + above_);
    figures.snr_db = decibels(signal_, noise_);
    for (const std::int64_t count : counts_) figures.shares.push_back(share(count));
  }

 private:
  double width(std::size_t range) const { return static_cast<double>(high_[range]) - static_cast<double>(low_[range]); }

  void add(double x, std::size_t range) {
    const double low = low_[range], high = high_[range];
    least_ = total_ == 0 ? x : std::min(least_, x);
    greatest_ = total_ == 0 ? x : std::max(greatest_, x);
    ++total_;
    const double place = std::clamp((x - low) / width(range), 0.0, 1.0);
    const double error = x - (low + std::nearbyint(place * steps_) / steps_ * width(range));
    signal_ += x * x;
    noise_ += error * error;
    if (x < low)
      ++below_;
    else if (x > high)
      ++above_;
    else
      ++counts_[std::min(static_cast<std::size_t>(place * kHistogramBins), kHistogramBins - 1)];
  }

  std::vector<float> low_, high_;  // one, or one a channel
  double steps_;
  std::int64_t total_ = 0, below_ = 0, above_ = 0;
  double least_ = 0, greatest_ = 0, signal_ = 0, noise_ = 0;
  std::array<std::int64_t, kHistogramBins> counts_{};
};

// A quantizer of activations, where `floats` has what it reads.
struct Watched {
  const Node* quantizer;
  Value source;
  Histogram histogram;
};

std::vector<Watched> watched_of(const Graph& floats, const Graph& quantized) {
  std::map<std::string, NodeId> by_name;
  for (std::size_t i = 0; i < floats.nodes().size(); ++i) by_name[floats.nodes()[i].name] = static_cast<NodeId>(i);
  std::vector<Watched> watched;
  for (const Node& node : quantized.nodes()) {
    const auto* const quantizer = std::get_if<FakeQuantize>(&node.op);
    if (!quantizer) continue;
    const auto source = by_name.find(quantized.node(node.inputs[0]).name);
    const Tensor *const low = quantized.constant(node.inputs[1]), *const high = quantized.constant(node.inputs[2]);
    if (source == by_name.end() || !low || !high) continue;
    const Value value{source->second, node.inputs[0].port};
    watched.push_back({&node, value, Histogram(to_vector<float>(*low), to_vector<float>(*high), quantizer->levels)});
  }
  return watched;
}

}  // namespace

double decibels(double signal, double noise) {
  constexpr double kMost = 99;
  if (signal <= 0 && noise <= 0) return 0;
  if (noise <= 0) return kMost;
  return std::clamp(10 * std::log10(signal / noise), -kMost, kMost);
}

Result<std::vector<TensorFigures>> tensor_figures(const Graph& floats, const Graph& quantized, const CalibrationImages& images,
                                                  int threads) {
  std::vector<Watched> watched = watched_of(floats, quantized);
  RuntimeOptions runtime;
  for (const Watched& one : watched)
    if (std::ranges::find(runtime.observe, one.source) == runtime.observe.end()) runtime.observe.push_back(one.source);
  OCTET_ASSIGN(const auto plan, compile(floats, runtime));
  Session session(plan, threads);
  for (std::size_t i = 0; i < images.count; ++i) {
    const auto input = images.load(i);
    if (!input.ok()) continue;
    OCTET_RETURN_IF_ERROR(session.run(std::span(&*input, 1), [&](const Observed& seen) {
      for (Watched& one : watched)
        if (one.source == seen.value)
          for (const auto& image : seen.images) one.histogram.add(image);
    }));
  }
  std::vector<TensorFigures> figures;
  for (const Watched& one : watched) {
    TensorFigures of_one;
    of_one.node = one.quantizer->name;
    of_one.tensor = node_before_scale(floats, one.source).name;
    of_one.bits = bits_of(std::get<FakeQuantize>(one.quantizer->op).levels);
    one.histogram.fill(of_one);
    figures.push_back(std::move(of_one));
  }
  return figures;
}

}  // namespace octet::quant
