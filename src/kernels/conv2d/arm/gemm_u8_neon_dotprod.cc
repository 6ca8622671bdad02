// Integer matrix product with the dot product of NEON: 8 rows by 2 registers of 4 channels, four exact products a lane and step. Both
// factors are signed, so that 128 is taken off the bytes of rows.
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_NEON_DOTPROD

namespace octet::kernels::neon_dotprod {
namespace {

using namespace neon;  // its vectors and activations

constexpr int kTileRows = 8, kGroup = 4;
using Element = std::uint8_t;
using Weight = std::int8_t;

OCTET_OP Ints operand(Ints x) { return veorq_s32(x, vdupq_n_s32(static_cast<std::int32_t>(0x80808080))); }

template <int kVectors>
struct Weights {
  int8x16_t channels[kVectors];
};

template <int kVectors>
OCTET_OP Weights<kVectors> weights_of(const Weight* from) {
  Weights<kVectors> weights;
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) weights.channels[v] = vld1q_s8(from + v * kLanes * kGroup);
  return weights;
}

template <int kLane, int kVectors>
OCTET_OP void multiply_lane(Ints (&acc)[kVectors], Ints x, const Weights<kVectors>& weights) {
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) acc[v] = vdotq_laneq_s32(acc[v], weights.channels[v], vreinterpretq_s8_s32(x), kLane);
}

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/arm/gemm_u8_rows.inl"

#include "kernels/conv2d/gemm_u8_run.inl"

}  // namespace octet::kernels::neon_dotprod
