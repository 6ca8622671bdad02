// Integer matrix product with NEON: 8 rows by 2 registers of 4 channels, of words, of which each channel has two in a group.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/conv2d/winograd_u8.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {
namespace {

constexpr int kTileRows = 8, kGroup = 2;
using Element = std::int16_t;
using Weight = std::int16_t;

OCTET_OP Ints operand(Ints x) { return x; }

// The first words of all channels, and the second ones: with one vector of channels, twice.
template <int kVectors>
struct Weights {
  int16x8_t first, second;
};

template <int kVectors>
OCTET_OP Weights<kVectors> weights_of(const Weight* from) {
  const int16x8_t low = vld1q_s16(from), high = vld1q_s16(from + (kVectors - 1) * kLanes * kGroup);
  return {vuzp1q_s16(low, high), vuzp2q_s16(low, high)};
}

template <int kWord, int kVectors>
OCTET_OP void multiply_word(Ints (&acc)[kVectors], int16x8_t x, int16x8_t weights) {
  acc[0] = vmlal_laneq_s16(acc[0], vget_low_s16(weights), x, kWord);
  if constexpr (kVectors == 2) acc[1] = vmlal_high_laneq_s16(acc[1], weights, x, kWord);
}

template <int kLane, int kVectors>
OCTET_OP void multiply_lane(Ints (&acc)[kVectors], Ints x, const Weights<kVectors>& weights) {
  multiply_word<2 * kLane>(acc, as_words(x), weights.first);
  multiply_word<2 * kLane + 1>(acc, as_words(x), weights.second);
}

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/arm/gemm_u8_rows.inl"

#include "kernels/conv2d/gemm_u8_run.inl"

// Winograd's products are of words as well.
#include "kernels/conv2d/winograd_u8_transforms.inl"

#include "kernels/conv2d/winograd_u8.inl"

}  // namespace octet::kernels::neon
