#include "quant/patch_moments.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/cpu.h"
#include "kernels/covariance/covariance.h"

namespace octet::quant {
namespace {

static_assert(kernels::kMostSteps * kernels::kMostSteps * PatchMoments::kMostPlaces < 2147483648.0);

// Channels whose inputs are looked at together, so that one instruction takes several.
constexpr std::size_t kDepthwiseTogether = 64;

void add_sums(const kernels::PairedColumns& in, std::span<std::int32_t> sums) {
  for (std::int64_t pair = 0; pair < in.pairs; ++pair)
    for (std::size_t column = 0; column < sums.size(); ++column) {
      const std::int32_t word = in.words[pair * in.columns + static_cast<std::int64_t>(column)];
      sums[column] += static_cast<std::int16_t>(word & 0xffff) + (word >> 16);
    }
}

}  // namespace

PatchMoments::PatchMoments(const ConvolutionGeometry& conv, const Shape& output, std::vector<float> steps, std::size_t longest_block)
    : conv_(conv),
      out_height_(output[2]),
      out_width_(output[3]),
      steps_(std::move(steps)),
      zeros_(static_cast<std::size_t>(conv.inputs())) {
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
  const std::size_t together = conv_.is_depthwise() ? kDepthwiseTogether : 1;
  for (std::size_t first_block = 0; first_block < blocks_.size(); first_block += together) {
    const std::size_t count = std::min(together, blocks_.size() - first_block);
    const std::int64_t pairs = gather(read, blocks_[first_block], count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto size = static_cast<std::int64_t>(blocks_[first_block].size);
      const kernels::PairedColumns columns{words_.data() + static_cast<std::int64_t>(i) * pairs * size, pairs, size};
      add_sums(columns, sums_[first_block + i]);
      kernels::add_column_products_i16(columns, products_[first_block + i], active_isa());
    }
  }
  places_ += chosen.size();
}

std::vector<const float*> PatchMoments::pixels_read_at(std::span<const std::int64_t> places,
                                                       const kernels::ImageView<const float>& image) const {
  std::vector<const float*> pixels;
  for (std::int64_t tap = 0; tap < conv_.taps(); ++tap) {
    for (const std::int64_t place : places) {
      const std::int64_t y = place / out_width_ * conv_.strides[0] + tap / conv_.kernel[1] * conv_.dilations[0] - conv_.pads.begin[0];
      const std::int64_t x = place % out_width_ * conv_.strides[1] + tap % conv_.kernel[1] * conv_.dilations[1] - conv_.pads.begin[1];
      const bool is_inside = y >= 0 && y < image.height && x >= 0 && x < image.width;
      pixels.push_back(is_inside ? image.pixel(y, x) : zeros_.data());
    }
    if (places.size() % 2 != 0) pixels.push_back(zeros_.data());
  }
  return pixels;
}

std::int64_t PatchMoments::gather(std::span<const float* const> pixels, const PatchBlock& block, std::size_t blocks) {
  const auto taps = static_cast<std::size_t>(conv_.taps()), channels = block.size / taps * blocks, pairs = pixels.size() / taps / 2;
  const std::size_t first = block.group * static_cast<std::size_t>(conv_.group_inputs) + block.first / taps;
  words_.resize(pairs * block.size * blocks + kernels::kWordSlack);
  std::array<std::int32_t, kDepthwiseTogether> row;
  for (std::size_t at = 0; at < taps * pairs; ++at) {
    const std::size_t tap = at / pairs, pair = at % pairs;
    std::int32_t* const to = blocks == 1 ? &words_[pair * block.size + tap * channels] : row.data();
    kernels::pair_up_f32({pixels[2 * at] + first, pixels[2 * at + 1] + first}, std::span(steps_).subspan(first, channels), {to, channels},
                         active_isa());
    for (std::size_t c = 0; blocks > 1 && c < channels; ++c) words_[(c * pairs + pair) * taps + tap] = row[c];
  }
  return static_cast<std::int64_t>(pairs);
}

std::vector<double> PatchMoments::covariance(std::size_t block) const {
  const auto size = blocks_[block].size, taps = static_cast<std::size_t>(conv_.taps()), channels = size / taps;
  const double count = std::max(1.0, static_cast<double>(places_));
  std::vector<double> means, result(size * size);
  for (const std::int32_t sum : sums_[block]) means.push_back(sum / count);
  const auto input_of = [&](std::size_t column) { return column % channels * taps + column / channels; };
  const std::int32_t* product = products_[block].data();
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t k = 0; k <= i; ++k) {
      const std::size_t a = input_of(i), b = input_of(k);
      result[a * size + b] = result[b * size + a] = *product++ / count - means[i] * means[k];
    }
  return result;
}

}  // namespace octet::quant
