#pragma once

#include <cstdint>

#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/winograd.h"

namespace octet::kernels {

// Winograd in floats. The transforms add and scale what is rounded, so that a result is less exact than the direct sum: each rounding of
// it counts as often as the magnitudes of the transforms say (conv2d_test.cc has the bound), and one value that is not finite spoils
// the whole tile.

// Of 36 pixels of `channels` values, each with slack behind them: to[position * stride + channel], for a multiple of the lanes.
using WinogradInputF32 = void(const float* const* pixels, std::int64_t channels, std::int64_t stride, float* to);
// activate(bias + what the 36 sums[position * stride + channel] make) for the part of `tile` that the image has, whose lines are
// `line_stride` elements apart. Of `gemm`: the bias, the channels and all of the results.
using WinogradOutputF32 = void(const GemmF32& gemm, const float* sums, std::int64_t stride, const WinogradTile& tile,
                               std::int64_t line_stride);

// Safe to run from several threads.
struct WinogradF32Function {
  GemmF32Function product;
  WinogradInputF32* transform_input;
  WinogradOutputF32* transform_output;
};

namespace avx512 {
WinogradInputF32 winograd_input_f32;
WinogradOutputF32 winograd_output_f32;
}  // namespace avx512
namespace avx2 {
WinogradInputF32 winograd_input_f32;
WinogradOutputF32 winograd_output_f32;
}  // namespace avx2
namespace portable {
WinogradInputF32 winograd_input_f32;
WinogradOutputF32 winograd_output_f32;
}  // namespace portable

}  // namespace octet::kernels
