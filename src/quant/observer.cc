#include "quant/observer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/cpu.h"

namespace octet::quant {
namespace {

// Wide channels are summed in blocks, so that the running values stay in registers.
struct Running {
  float *min, *max, *sum;
};

#define OCTET_OBSERVE_PIXELS(attributes, name)                                                                    \
  attributes void name(const float* data, std::int64_t pixels, std::int64_t stride, std::int64_t channels, Running running) { \
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel, data += stride)                                         \
      for (std::int64_t c = 0; c < channels; ++c) {                                                               \
        const float x = data[c];                                                                                  \
        running.min[c] = x < running.min[c] ? x : running.min[c];                                                 \
        running.max[c] = x > running.max[c] ? x : running.max[c];                                                 \
        running.sum[c] += x;                                                                                      \
      }                                                                                                           \
  }

OCTET_OBSERVE_PIXELS(, observe_pixels)
OCTET_OBSERVE_PIXELS(OCTET_AVX2, observe_pixels_avx2)
#undef OCTET_OBSERVE_PIXELS

constexpr std::int64_t kPixelsPerSum = 256;  // float sums of this many are added up in double

}  // namespace

ChannelStatistics channel_statistics(std::span<const kernels::ImageView<const float>> images) {
  const auto channels = static_cast<std::size_t>(images[0].channels);
  ChannelStatistics result{std::vector<float>(channels, std::numeric_limits<float>::infinity()),
                           std::vector<float>(channels, -std::numeric_limits<float>::infinity()), std::vector<float>(channels)};
  std::vector<double> total(channels);
  std::vector<float> block(channels);
  const auto observe = detected_isa() >= Isa::kAvx2 ? observe_pixels_avx2 : observe_pixels;
  std::int64_t pixels = 0;
  for (const auto& image : images) {
    pixels += image.pixels();
    for (std::int64_t first = 0; first < image.pixels(); first += kPixelsPerSum) {
      std::fill(block.begin(), block.end(), 0.0f);
      observe(image.data + first * image.pixel_stride, std::min(kPixelsPerSum, image.pixels() - first), image.pixel_stride, image.channels,
              {result.min.data(), result.max.data(), block.data()});
      for (std::size_t c = 0; c < channels; ++c) total[c] += static_cast<double>(block[c]);
    }
  }
  for (std::size_t c = 0; c < channels; ++c) result.mean[c] = static_cast<float>(total[c] / static_cast<double>(pixels));
  return result;
}

void RangeObserver::Moments::add(double x) {
  sum += x;
  squares += x * x;
}

double RangeObserver::Moments::deviation(std::int64_t count) const {
  return std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean(count) * mean(count)));
}

void RangeObserver::add(const ChannelStatistics& image) {
  if (images_ == 0) {
    min_ = image.min;
    max_ = image.max;
    sum_.assign(image.mean.size(), 0.0);
    min_of_channel_.resize(image.min.size());
    max_of_channel_.resize(image.max.size());
  }
  for (std::size_t c = 0; c < min_.size(); ++c) {
    min_[c] = std::min(min_[c], image.min[c]);
    max_[c] = std::max(max_[c], image.max[c]);
    sum_[c] += static_cast<double>(image.mean[c]);
    min_of_channel_[c].add(static_cast<double>(image.min[c]));
    max_of_channel_[c].add(static_cast<double>(image.max[c]));
  }
  min_of_image_.add(static_cast<double>(*std::min_element(image.min.begin(), image.min.end())));
  max_of_image_.add(static_cast<double>(*std::max_element(image.max.begin(), image.max.end())));
  ++images_;
}

std::vector<double> RangeObserver::mean() const {
  std::vector<double> result;
  for (const double sum : sum_) result.push_back(sum / static_cast<double>(images_));
  return result;
}

}  // namespace octet::quant
