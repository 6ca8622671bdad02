#pragma once

#include <cstdint>

#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/winograd.h"

namespace octet::kernels {

// Winograd in integers, which is exact.
//
// The input's transform has whole numbers; of a window of u8 it gives -12,750 .. 17,340, which words hold. The weights' is taken with its
// rows free of their denominators (1, 6, 6, 24, 24, 1, of which 4 stays in the rows of 6), so that it gives whole numbers of at most
// 49 * 255, words as well. What is left of the denominators makes the output's transform whole and its results 24 * 24 times too large.
// Sums and that transform are taken modulo 2^32; 24 * 24 is 9 * 64, and 9 has an inverse modulo 2^32: what is exact is every result
// whose 64-fold fits into 32 bits (winograd_fits).

// Of 36 pixels of `channels` values, each with slack behind them: to[position * stride + channel], for a multiple of `words` channels.
using WinogradInput = void(const std::uint8_t* const* pixels, std::int64_t channels, std::int64_t stride, std::int16_t* to);
// Of taps[pair of channels][tap][word], as many words as some vectors, the six positions of a row:
// to[position in the row * position_step + pair * words + word].
using WinogradWeights = void(const std::int16_t* taps, std::int64_t pairs, std::int64_t words, int row, std::int64_t position_step,
                             std::int16_t* to);
// Sums of one position, a * weights in pairs of words: sums[row * vectors * lanes + channel], to which it may add. Of `gemm` all but the
// start and the results.
using WinogradProduct = void(const GemmU8& gemm, bool adds, std::int32_t* sums);
// Sums of a panel that become results: those of tile `first + t` are at sums[position * step + t * vectors * lanes + channel]. Of `gemm`
// the start, the results, of which the first is that of the output's first pixel, and how they are requantized.
struct WinogradSums {
  const std::int32_t* sums = nullptr;
  std::int64_t step = 0;
  WinogradTiles tiles;
  std::int64_t first = 0, count = 0;
  GemmU8 gemm;
};
using WinogradFinish = void(const WinogradSums& of);

// Safe to run from several threads.
struct WinogradU8Function {
  int lanes, tile_rows;  // of the product: see GemmU8Function
  int words;             // channels that the transform of the input writes at once
  WinogradInput* transform_input;
  WinogradWeights* transform_weights;
  WinogradProduct* multiply;
  WinogradFinish* finish;
};

namespace avx512_vnni {
WinogradInput winograd_input;
WinogradWeights winograd_weights;
WinogradProduct winograd_product;
WinogradFinish winograd_finish;
}  // namespace avx512_vnni
namespace avx512 {
WinogradInput winograd_input;
WinogradWeights winograd_weights;
WinogradProduct winograd_product;
WinogradFinish winograd_finish;
}  // namespace avx512
namespace avx2_vnni {
WinogradInput winograd_input;
WinogradWeights winograd_weights;
WinogradProduct winograd_product;
WinogradFinish winograd_finish;
}  // namespace avx2_vnni
namespace avx2 {
WinogradInput winograd_input;
WinogradWeights winograd_weights;
WinogradProduct winograd_product;
WinogradFinish winograd_finish;
}  // namespace avx2
namespace neon {
WinogradInput winograd_input;
WinogradWeights winograd_weights;
WinogradProduct winograd_product;
WinogradFinish winograd_finish;
}  // namespace neon
namespace portable {
WinogradInput winograd_input;
WinogradWeights winograd_weights;
WinogradProduct winograd_product;
WinogradFinish winograd_finish;
}  // namespace portable

}  // namespace octet::kernels
