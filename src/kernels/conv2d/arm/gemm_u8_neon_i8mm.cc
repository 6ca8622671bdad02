// Integer matrix product with the products of matrices of NEON: 8 rows by 8 channels. A register has two rows or two channels with eight
// bytes of depth each, and their four sums.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_NEON_I8MM

namespace octet::kernels::neon_i8mm {
namespace {

using namespace neon;  // its vectors and activations

constexpr int kTileRows = 8, kGroup = 8, kPair = 2, kPairsOfVector = kLanes / kPair;

OCTET_OP Ints low_halves(Ints x, Ints y) { return vreinterpretq_s32_s64(vzip1q_s64(vreinterpretq_s64_s32(x), vreinterpretq_s64_s32(y))); }
OCTET_OP Ints high_halves(Ints x, Ints y) { return vreinterpretq_s32_s64(vzip2q_s64(vreinterpretq_s64_s32(x), vreinterpretq_s64_s32(y))); }

// Sums of kRows rows as those of pairs of rows and channels; an odd last row is a pair with itself.
template <int kRows, int kVectors>
struct PairSums {
  static constexpr int kRowPairs = (kRows + 1) / kPair, kChannelPairs = kVectors * kPairsOfVector;
  Ints of[kRowPairs][kChannelPairs];

  explicit OCTET_OP PairSums(const Ints (&rows)[kRows][kVectors]) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; r += kPair)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        const Ints first = rows[r][v], second = rows[r + 1 < kRows ? r + 1 : r][v];
        of[r / kPair][kPairsOfVector * v] = low_halves(first, second);
        of[r / kPair][kPairsOfVector * v + 1] = high_halves(first, second);
      }
  }

  OCTET_OP void store_to(Ints (&rows)[kRows][kVectors]) const {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        const Ints first = of[r / kPair][kPairsOfVector * v], second = of[r / kPair][kPairsOfVector * v + 1];
        rows[r][v] = r % kPair == 0 ? low_halves(first, second) : high_halves(first, second);
      }
  }

  // Adds the products of a group, of pairs of rows.
  OCTET_OP void multiply(const Ints (&x)[kRowPairs], const std::int8_t* weights) {
#pragma GCC unroll 4
    for (int c = 0; c < kChannelPairs; ++c) {
      const int8x16_t w = vld1q_s8(weights + c * kPair * kGroup);
#pragma GCC unroll 4
      for (int p = 0; p < kRowPairs; ++p) of[p][c] = vusmmlaq_s32(of[p][c], as_bytes(x[p]), w);
    }
  }
};

}  // namespace

#include "kernels/conv2d/arm/gemm_u8_row_start.inl"

namespace {

// acc + the products of kRows rows from `row` on.
template <int kRows, int kVectors>
OCTET_OP void add_products(const GemmU8& gemm, std::int64_t row, Ints (&acc)[kRows][kVectors]) {
  constexpr int kStep = kVectors * kLanes * kGroup, kAtOnce = 2;
  using Sums = PairSums<kRows, kVectors>;
  add_row_start(gemm, row, acc);
  Sums sums(acc);
  const std::uint8_t* rows[kPair * Sums::kRowPairs];
#pragma GCC unroll 8
  for (int r = 0; r < kPair * Sums::kRowPairs; ++r)
    rows[r] = static_cast<const std::uint8_t*>(gemm.a) + (row + (r < kRows ? r : kRows - 1)) * gemm.a_stride;
  const auto* weights = static_cast<const std::int8_t*>(gemm.weights);
  Ints x[Sums::kRowPairs], next[Sums::kRowPairs];
  std::int64_t run = 0;
  for (std::int64_t left = gemm.groups; left > 0; left -= gemm.run_groups, run += gemm.run_step) {
    std::int64_t k = run;
    for (std::int64_t steps = gemm.run_groups / kAtOnce; steps > 0; --steps, k += kAtOnce * kGroup, weights += kAtOnce * kStep) {
#pragma GCC unroll 4
      for (int p = 0; p < Sums::kRowPairs; ++p) {
        const Ints first = load_ints(rows[kPair * p] + k), second = load_ints(rows[kPair * p + 1] + k);
        x[p] = low_halves(first, second);
        next[p] = high_halves(first, second);
      }
      sums.multiply(x, weights);
      sums.multiply(next, weights + kStep);
    }
    if (gemm.run_groups % kAtOnce != 0) {
#pragma GCC unroll 4
      for (int p = 0; p < Sums::kRowPairs; ++p) x[p] = ints_of(vcombine_u8(vld1_u8(rows[kPair * p] + k), vld1_u8(rows[kPair * p + 1] + k)));
      sums.multiply(x, weights);
      weights += kStep;
    }
  }
  sums.store_to(acc);
}

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/gemm_u8_tiles.inl"

#include "kernels/conv2d/gemm_u8_run.inl"

}  // namespace octet::kernels::neon_i8mm
