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
  sum.add(x);
  squares.add(x * x);
}

void RangeObserver::Moments::add(const Moments& others) {
  sum.add(others.sum);
  squares.add(others.squares);
}

void RangeObserver::Moments::write(ByteWriter& bytes) const {
  sum.write(bytes);
  squares.write(bytes);
}

RangeObserver::Moments RangeObserver::Moments::read(ByteReader& bytes) {
  const ExactSum sum = ExactSum::read(bytes);
  return {sum, ExactSum::read(bytes)};
}

double RangeObserver::Moments::deviation(std::int64_t count) const {
  return std::sqrt(std::max(0.0, squares.value() / static_cast<double>(count) - mean(count) * mean(count)));
}

// Channel by channel: what is kept of all of them is more than the caches hold beside an inference.
void RangeObserver::add(std::span<const ChannelStatistics* const> images) {
  if (images.empty()) return;
  if (images_ == 0) {
    min_ = images[0]->min;
    max_ = images[0]->max;
    sum_.resize(min_.size());
    min_of_channel_.resize(of_channels_ ? min_.size() : 0);
    max_of_channel_.resize(min_of_channel_.size());
  }
  for (std::size_t c = 0; c < min_.size(); ++c)
    for (const ChannelStatistics* const image : images) {
      min_[c] = std::min(min_[c], image->min[c]);
      max_[c] = std::max(max_[c], image->max[c]);
      sum_[c].add(static_cast<double>(image->mean[c]));
      if (!of_channels_) continue;
      min_of_channel_[c].add(static_cast<double>(image->min[c]));
      max_of_channel_[c].add(static_cast<double>(image->max[c]));
    }
  for (const ChannelStatistics* const image : images) {
    min_of_image_.add(static_cast<double>(std::ranges::min(image->min)));
    max_of_image_.add(static_cast<double>(std::ranges::max(image->max)));
  }
  images_ += std::ssize(images);
}

void RangeObserver::add(const RangeObserver& others) {
  if (others.images_ == 0) return;
  if (images_ == 0) {
    *this = others;
    return;
  }
  OCTET_CHECK(min_.size() == others.min_.size() && !of_channels_ && !others.of_channels_, "both are of one tensor and of it alone");
  images_ += others.images_;
  for (std::size_t c = 0; c < min_.size(); ++c) {
    min_[c] = std::min(min_[c], others.min_[c]);
    max_[c] = std::max(max_[c], others.max_[c]);
    sum_[c].add(others.sum_[c]);
  }
  min_of_image_.add(others.min_of_image_);
  max_of_image_.add(others.max_of_image_);
}

void RangeObserver::write(ByteWriter& bytes) const {
  bytes.add(images_);
  bytes.add(static_cast<std::uint32_t>(min_.size()));
  bytes.add(std::span<const float>(min_));
  bytes.add(std::span<const float>(max_));
  min_of_image_.write(bytes);
  max_of_image_.write(bytes);
  for (const ExactSum& sum : sum_) sum.write(bytes);
}

RangeObserver RangeObserver::read(ByteReader& bytes) {
  RangeObserver read;
  read.images_ = bytes.get<std::int64_t>();
  const auto channels = bytes.get<std::uint32_t>();
  read.min_ = bytes.get<float>(channels);
  read.max_ = bytes.get<float>(channels);
  read.min_of_image_ = Moments::read(bytes);
  read.max_of_image_ = Moments::read(bytes);
  for (std::uint32_t c = 0; c < channels && bytes.ok(); ++c) read.sum_.push_back(ExactSum::read(bytes));
  if (read.images_ < 1 || channels == 0) bytes.fail();
  return bytes.ok() ? read : RangeObserver();
}

std::vector<double> RangeObserver::mean() const {
  std::vector<double> result;
  for (const ExactSum& sum : sum_) result.push_back(sum.value() / static_cast<double>(images_));
  return result;
}

}  // namespace octet::quant
