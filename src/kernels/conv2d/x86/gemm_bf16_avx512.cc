// Matrix product of bfloat16 with AVX-512 BF16: tiles of 6 rows by 4 registers of 16 channels, or more rows by fewer, two products a step.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/conv2d/gemm_bf16.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_AVX512_BF16

namespace octet::kernels::avx512_bf16 {
namespace {

using namespace avx512;  // its vectors and activations
using avx512::fma;
using avx512::load;

using Gemm = GemmBf16;
using Factor = Bf16;

constexpr int kGroup = 2;
constexpr int kTileRows[] = {12, 12, 8, 6};

struct Pairs {
  Ints bits;
};

OCTET_OP Pairs load(const Bf16* from) { return {load_ints(from)}; }
OCTET_OP Pairs broadcast(const Bf16* from) {
  std::int32_t pair;
  std::memcpy(&pair, from, sizeof pair);
  return {set_ints(pair)};
}
OCTET_OP Vec fma(Pairs x, Pairs w, Vec acc) {
  return _mm512_dpbf16_ps(acc, __builtin_bit_cast(__m512bh, x.bits), __builtin_bit_cast(__m512bh, w.bits));
}

OCTET_OP void store_rounded(Bf16* to, Vec low, Vec high) { store_ints(to, __builtin_bit_cast(Ints, _mm512_cvtne2ps_pbh(high, low))); }

// The numbers that are there, of up to a vector of them, and zeros: nothing behind them is read.
OCTET_OP Vec first_lanes(const float* from, std::int64_t count) {
  const std::uint32_t lanes = (1u << std::clamp<std::int64_t>(count, 0, kLanes)) - 1;
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>(lanes), from);
}

}  // namespace

#include "kernels/conv2d/gemm_f32_tile.inl"

void gemm_bf16(const GemmBf16& gemm) { run_gemm(gemm); }

OCTET_TARGET void round_run(const float* from, std::int64_t count, Bf16* to) {
  for (; count >= 2 * kLanes; count -= 2 * kLanes, from += 2 * kLanes, to += 2 * kLanes) store_rounded(to, load(from), load(from + kLanes));
  if (count > 0) store_rounded(to, first_lanes(from, count), first_lanes(from + kLanes, count - kLanes));
}

}  // namespace octet::kernels::avx512_bf16
