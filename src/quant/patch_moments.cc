#include "quant/patch_moments.h"

#include <algorithm>
#include <numeric>

namespace octet::quant {
namespace {

constexpr float kMostSteps = 255;
static_assert(kMostSteps * kMostSteps * PatchMoments::kMostPlaces < 2147483648.0);

std::int16_t whole_steps(float steps) {
  const float bounded = std::clamp(steps, -kMostSteps, kMostSteps);
  return static_cast<std::int16_t>(bounded < 0 ? bounded - 0.5f : bounded + 0.5f);
}

std::int32_t dot(const std::int16_t* a, const std::int16_t* b, std::size_t count) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<std::int32_t>(a[i]) * b[i];
  return sum;
}

}  // namespace

PatchMoments::PatchMoments(const ConvolutionGeometry& conv, const Shape& output, std::vector<float> steps, std::size_t longest_block)
    : conv_(conv), out_height_(output[2]), out_width_(output[3]), steps_(std::move(steps)) {
  const auto taps = static_cast<std::size_t>(conv.taps()), filter = static_cast<std::size_t>(conv.filter());
  const std::size_t longest = std::max(taps, longest_block / taps * taps);
  for (std::size_t group = 0; group < static_cast<std::size_t>(conv.groups); ++group)
    for (std::size_t first = 0; first < filter; first += longest) blocks_.push_back({group, first, std::min(longest, filter - first)});
  for (const PatchBlock& block : blocks_) {
    sums_.emplace_back(block.size);
    products_.emplace_back(block.size * (block.size + 1) / 2);
  }
}

void PatchMoments::add(const kernels::ImageView<const float>& image, std::size_t places, std::size_t first) {
  const auto pixels = static_cast<std::size_t>(out_height_ * out_width_);
  std::vector<std::int64_t> chosen(std::min({places, pixels, kMostPlaces - places_}));
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<std::int64_t>((i * pixels / chosen.size() + first) % pixels);
  const std::vector<const float*> read = pixels_read_at(chosen, image);
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    gather(read, chosen.size(), blocks_[block]);
    add_products(block, chosen.size());
  }
  places_ += chosen.size();
}

std::vector<const float*> PatchMoments::pixels_read_at(std::span<const std::int64_t> places,
                                                       const kernels::ImageView<const float>& image) const {
  std::vector<const float*> pixels;
  pixels.reserve(static_cast<std::size_t>(conv_.taps()) * places.size());
  for (std::int64_t tap = 0; tap < conv_.taps(); ++tap)
    for (const std::int64_t place : places) {
      const std::int64_t y = place / out_width_ * conv_.strides[0] + tap / conv_.kernel[1] * conv_.dilations[0] - conv_.pads.begin[0];
      const std::int64_t x = place % out_width_ * conv_.strides[1] + tap % conv_.kernel[1] * conv_.dilations[1] - conv_.pads.begin[1];
      pixels.push_back(y < 0 || y >= image.height || x < 0 || x >= image.width ? nullptr : image.pixel(y, x));
    }
  return pixels;
}

void PatchMoments::gather(std::span<const float* const> pixels, std::size_t places, const PatchBlock& block) {
  const auto taps = static_cast<std::size_t>(conv_.taps()), channels = block.size / taps;
  const std::size_t first = block.group * static_cast<std::size_t>(conv_.group_inputs) + block.first / taps;
  rows_.resize(block.size * places);
  for (std::size_t c = 0; c < channels; ++c) {
    const float step = steps_[first + c];
    std::int16_t* const rows = &rows_[c * taps * places];
    for (std::size_t i = 0; i < taps * places; ++i) rows[i] = pixels[i] ? whole_steps(pixels[i][first + c] / step) : std::int16_t{0};
  }
}

void PatchMoments::add_products(std::size_t block, std::size_t places) {
  std::int32_t* product = products_[block].data();
  for (std::size_t i = 0; i < blocks_[block].size; ++i) {
    const std::int16_t* const row = &rows_[i * places];
    sums_[block][i] = std::accumulate(row, row + places, sums_[block][i]);
    for (std::size_t k = 0; k <= i; ++k) *product++ += dot(row, &rows_[k * places], places);
  }
}

std::vector<double> PatchMoments::covariance(std::size_t block) const {
  const std::size_t size = blocks_[block].size;
  const double count = std::max(1.0, static_cast<double>(places_));
  std::vector<double> means, result(size * size);
  for (const std::int32_t sum : sums_[block]) means.push_back(sum / count);
  const std::int32_t* product = products_[block].data();
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t k = 0; k <= i; ++k) result[i * size + k] = result[k * size + i] = *product++ / count - means[i] * means[k];
  return result;
}

}  // namespace octet::quant
