#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/winograd.h"

namespace octet::kernels {

// Winograd in floats. The transforms add and scale what is rounded, so that a result is less exact than the direct sum: each rounding of
// it counts as often as the magnitudes of the transforms say (conv2d_test.cc has the bound), and one value that is not finite spoils
// the whole tile.

// F(4x4, 3x3) is exact for any four points beside 0 and infinity; how far roundings carry depends on which. These two and their negatives
// leave a third of the error that 1 and 2 leave (integers need those: winograd_u8.h), and every factor of the transforms is an exact float.
inline constexpr float kNearPoint = 0.6875f, kFarPoint = 1.5f;

// Channels whose products are summed from zero; then come the sums of such blocks.
inline constexpr std::int64_t kWinogradSumBlock = 32;

// Of the pixels below a tile, each with slack behind its channels: to[position * position_step + vector * vector_step + lane], of whole
// vectors.
using WinogradInputF32 = void(const float* const* pixels, std::int64_t channels, std::int64_t position_step, std::int64_t vector_step,
                              float* to);

// Of taps[channel][tap][lane], as wide as some vectors: to[position * position_step + channel * width + lane].
using WinogradWeightsF32 = void(const float* taps, std::int64_t channels, std::int64_t width, float* to, std::int64_t position_step);

// activate(bias + what the sums[position * stride + channel] make) + addend for the part of `tile` that the image has, which is `width`
// pixels wide. Of `gemm`: the bias, the channels, the addend and all of the results, from the tile's first pixel on.
using WinogradOutputF32 = void(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile, std::int64_t width);

// Tiles that are multiplied together: as few groups of at most `most` as there can be, as even as can be, the larger ones first.
class WinogradGroups {
 public:
  WinogradGroups() = default;
  WinogradGroups(std::int64_t tiles, std::int64_t most) : tiles_(tiles), count_((tiles + most - 1) / most) {
    if (count_ > 0) least_ = tiles / count_, larger_ = tiles % count_;
  }

  std::int64_t tiles() const { return tiles_; }
  std::int64_t count() const { return count_; }
  std::int64_t least() const { return least_; }    // tiles of a group
  std::int64_t larger() const { return larger_; }  // groups that have one more
  std::int64_t first(std::int64_t group) const { return group * least_ + std::min(group, larger_); }

 private:
  std::int64_t tiles_ = 0, count_ = 0, least_ = 0, larger_ = 0;
};

// What a position has of some tiles, times a panel of weights: sums[tile][lane] = sum over k of windows[tile][k] * weights[k][lane]. The
// windows of a group lie as [vector][tile of the group][channel of the vector], so that they are read one after another. It may be of some
// of the channels, from a multiple of kWinogradSumBlock on, and adds to the sums of those before.
struct WinogradProductF32 {
  const float* windows = nullptr;
  WinogradGroups groups;
  std::int64_t depth = 0, first = 0, last = 0;  // all channels; those that are multiplied
  const float* weights = nullptr;               // [last - first][vectors * lanes]
  int vectors = 0;
  float* sums = nullptr;
};

struct WinogradTransformsF32 {
  WinogradInputF32* input;
  WinogradWeightsF32* weights;
  WinogradOutputF32* output;
};

// Windows are transformed in vectors of `channels`; products are of at most `tiles` by two registers of `lanes`. Safe to run from several
// threads.
struct WinogradF32Function {
  int channels, lanes, tiles;
  void (*product)(const WinogradProductF32&);
  WinogradTransformsF32 of_2x2, of_4x4;
};

namespace avx512 {
void winograd_product_f32(const WinogradProductF32& product);
WinogradInputF32 winograd_input_f32_2x2, winograd_input_f32_4x4;
WinogradWeightsF32 winograd_weights_f32_2x2, winograd_weights_f32_4x4;
WinogradOutputF32 winograd_output_f32_2x2, winograd_output_f32_4x4;
}  // namespace avx512
namespace avx2 {
void winograd_product_f32(const WinogradProductF32& product);
WinogradInputF32 winograd_input_f32_2x2, winograd_input_f32_4x4;
WinogradWeightsF32 winograd_weights_f32_2x2, winograd_weights_f32_4x4;
WinogradOutputF32 winograd_output_f32_2x2, winograd_output_f32_4x4;
}  // namespace avx2
namespace neon {
void winograd_product_f32(const WinogradProductF32& product);
WinogradInputF32 winograd_input_f32_2x2, winograd_input_f32_4x4;
WinogradWeightsF32 winograd_weights_f32_2x2, winograd_weights_f32_4x4;
WinogradOutputF32 winograd_output_f32_2x2, winograd_output_f32_4x4;
}  // namespace neon
namespace portable {
void winograd_product_f32(const WinogradProductF32& product);
WinogradInputF32 winograd_input_f32_2x2, winograd_input_f32_4x4;
WinogradWeightsF32 winograd_weights_f32_2x2, winograd_weights_f32_4x4;
WinogradOutputF32 winograd_output_f32_2x2, winograd_output_f32_4x4;
}  // namespace portable

}  // namespace octet::kernels
