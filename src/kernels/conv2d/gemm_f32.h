#pragma once

#include <cstdint>
#include <span>

#include "kernels/activation/activation.h"
#include "kernels/conv2d/patches.h"

namespace octet::kernels {

// Products are summed from zero in blocks of this many, and the blocks to one sum: the rounding errors of depth products
// grow with kSumBlock + depth / kSumBlock, not with depth. Smaller blocks cost more time than they are worth.
inline constexpr std::int64_t kSumBlock = 64;

// Rows of patches times one panel of weights: out[r][c] = activate(bias[c] + sum over k of a[r][k] * w[k][c]) + addend[r][c]. A row of `a`
// lies in runs of `run` elements, one every `run_step`; the depth is a number of them. Factors are of one type, sums and results floats.
template <typename Factor>
struct GemmOf {
  const Factor* a = nullptr;
  std::int64_t a_stride = 0, rows = 0, depth = 0;
  std::int64_t run = 0, run_step = 0;
  const Factor* weights = nullptr;  // [depth / group][vectors * lanes][group]
  const float* bias = nullptr;      // vectors * lanes
  int vectors = 0;
  std::int64_t channels = 0;  // at most vectors * lanes; no others are written
  float* out = nullptr;
  std::int64_t out_stride = 0;
  Activation activation;
  const float* addend = nullptr;  // [row][channel], added to the activated results; none where null
  std::int64_t addend_stride = 0;
  bool out_is_far = false;       // not in the second cache: lines that are to be written are fetched while sums are made
  std::span<const Factor> next;  // what is multiplied after these weights, fetched into the second cache while sums are made
};

// Writes an activated result and what is added to it.
template <typename Factor>
void write_result(const GemmOf<Factor>& gemm, std::int64_t row, std::int64_t channel, float result) {
  if (gemm.addend != nullptr) result += gemm.addend[row * gemm.addend_stride + channel];
  gemm.out[row * gemm.out_stride + channel] = result;
}

// Elements [first, last) of `all`, where `all` is cut into `parts`.
template <typename T>
std::span<T> part_of(std::span<T> all, std::int64_t first, std::int64_t last, std::int64_t parts) {
  const auto at = [&](std::int64_t part) { return all.size() * static_cast<std::size_t>(part) / static_cast<std::size_t>(parts); };
  return all.subspan(at(first), at(last) - at(first));
}

using GemmF32 = GemmOf<float>;

// A product of tiles of at most `tile_rows` rows by two registers of `lanes` channels, or of fewer rows by up to `most_vectors`. Safe to
// run from several threads.
struct GemmF32Function {
  using Factor = float;
  static constexpr int kGroup = 1;

  int lanes, tile_rows, most_vectors;
  void (*run)(const GemmF32&);

  static constexpr CopyRun copy{};
};

namespace avx512 {
void gemm_f32(const GemmF32& gemm);
}
namespace avx2 {
void gemm_f32(const GemmF32& gemm);
}
namespace neon {
void gemm_f32(const GemmF32& gemm);
}
namespace portable {
void gemm_f32(const GemmF32& gemm);
}

}  // namespace octet::kernels
