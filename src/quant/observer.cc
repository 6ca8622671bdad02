#include "quant/observer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/statistics/statistics.h"

namespace octet::quant {

ChannelStatistics channel_statistics(std::span<const kernels::ImageView<const float>> images) {
  kernels::ChannelTotals totals(static_cast<std::size_t>(images[0].channels));
  std::int64_t pixels = 0;
  for (const auto& image : images) {
    kernels::add_pixels_f32(image, totals, active_isa());
    pixels += image.pixels();
  }
  ChannelStatistics result{std::move(totals.min), std::move(totals.max), {}};
  for (const double sum : totals.sum) result.mean.push_back(static_cast<float>(sum / static_cast<double>(pixels)));
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
