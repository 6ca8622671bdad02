#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/exact_sum.h"
#include "kernels/view.h"

namespace octet::quant {

// What one image says about one activation tensor.
struct ChannelStatistics {
  std::vector<float> min, max;  // one a channel
  std::vector<float> mean;
};

// Minimum, maximum and mean of each channel over all pixels (and images of a batch). NaN is never a minimum or maximum.
ChannelStatistics channel_statistics(std::span<const kernels::ImageView<const float>> images);

// A tensor's range is the mean of the images' extremes, widened by this many of their standard deviations. The mean alone (the
// reference's choice, D.4) cuts off half of the images; chosen on train2017 by fidelity, docs/quantization-experiments.md has the figures.
inline constexpr double kSpread = 0.5;

// Statistics of a tensor over the images of a calibration, in bounded memory. Sums are exact, so that the result depends neither on the
// order of the images nor on how many threads or machines share them.
class RangeObserver {
 public:
  // `of_channels`: typical_min() and typical_max() of single channels are asked for, which take most of time and memory.
  explicit RangeObserver(bool of_channels = false) : of_channels_(of_channels) {}

  void add(std::span<const ChannelStatistics* const> images);
  void add(const ChannelStatistics& image) { add(std::array{&image}); }
  void add(const RangeObserver& others);  // what was seen of other images of the same tensor, neither of single channels

  std::int64_t images() const { return images_; }
  // Extremes over all images, one a channel.
  const std::vector<float>& min() const { return min_; }
  const std::vector<float>& max() const { return max_; }
  // Where an image's extremes over all channels lie: the mean over the images, moved outwards by `spread` standard deviations.
  double typical_min(double spread) const { return min_of_image_.mean(images_) - spread * min_of_image_.deviation(images_); }
  double typical_max(double spread) const { return max_of_image_.mean(images_) + spread * max_of_image_.deviation(images_); }
  // The same of one channel alone.
  double typical_min(std::size_t channel, double spread) const {
    return min_of_channel_[channel].mean(images_) - spread * min_of_channel_[channel].deviation(images_);
  }
  double typical_max(std::size_t channel, double spread) const {
    return max_of_channel_[channel].mean(images_) + spread * max_of_channel_[channel].deviation(images_);
  }
  // Mean of each channel over all images.
  std::vector<double> mean() const;

  // But for what is asked of single channels.
  void write(ByteWriter& bytes) const;
  // Where the bytes are none that write() made, `bytes` says so, and the observer has seen nothing.
  static RangeObserver read(ByteReader& bytes);

 private:
  struct Moments {
    ExactSum sum, squares;
    void add(double x);
    void add(const Moments& others);
    double mean(std::int64_t count) const { return sum.value() / static_cast<double>(count); }
    double deviation(std::int64_t count) const;
    void write(ByteWriter& bytes) const;
    static Moments read(ByteReader& bytes);
  };

  bool of_channels_;
  std::int64_t images_ = 0;
  std::vector<float> min_, max_;
  std::vector<ExactSum> sum_;
  Moments min_of_image_, max_of_image_;
  std::vector<Moments> min_of_channel_, max_of_channel_;  // of_channels_
};

}  // namespace octet::quant
