#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/view.h"

namespace octet::quant {

// What one image says about one activation tensor.
struct ChannelStatistics {
  std::vector<float> min, max;  // one a channel
  std::vector<float> mean;
};

// Minimum, maximum and mean of each channel over all pixels (and images of a batch). NaN is never a minimum or maximum.
ChannelStatistics channel_statistics(std::span<const kernels::ImageView<const float>> images);

// Statistics of a tensor over the images of a calibration, in bounded memory. Images are added in their order, so that the
// result does not depend on the number of threads.
class RangeObserver {
 public:
  void add(const ChannelStatistics& image);

  std::int64_t images() const { return images_; }
  // Extremes over all images, one a channel.
  const std::vector<float>& min() const { return min_; }
  const std::vector<float>& max() const { return max_; }
  // Mean over the images of each image's extreme over all channels.
  double mean_min() const { return sum_min_ / static_cast<double>(images_); }
  double mean_max() const { return sum_max_ / static_cast<double>(images_); }
  // Mean of each channel over all images.
  std::vector<double> mean() const;

 private:
  std::int64_t images_ = 0;
  std::vector<float> min_, max_;
  std::vector<double> sum_;
  double sum_min_ = 0, sum_max_ = 0;
};

}  // namespace octet::quant
