// Depthwise convolutions of u8 with AVX2: two taps in 16 bits a vpmaddwd, which is exact for any weights. A step is 16
// channels, in two vectors of sums.
#include <cstring>

#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/x86/intrinsics.h"

namespace octet::kernels::avx2 {
namespace {

using kernels::depthwise::LaneOrder;
using kernels::depthwise::RowFunctions;
using kernels::depthwise::RowPiece;
using kernels::depthwise::TapOrder;
using kernels::depthwise::U8Kernels;

#define OCTET_TARGET OCTET_AVX2
#include "kernels/depthwise2d/depthwise2d_walk.inl"

#define OCTET_OP OCTET_AVX2 __attribute__((always_inline)) static inline

using Block16 = kernels::depthwise::U8Constants<16>;

OCTET_OP __m128i load_16(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
OCTET_OP __m256i load_32(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }

struct Pairs {
  using Element = std::uint8_t;
  using Vec = __m256i;
  using Constants = Block16;
  static constexpr int kChannels = 16, kGroups = 2, kTapsAtOnce = 2, kSpareVectors = 0;
  static constexpr int parts(int taps) { return (taps + 1) / 2; }

  static const std::uint8_t* outside(const Block16& constants) { return constants.outside; }
  OCTET_OP Vec start(const Block16& constants, int group) { return load_32(constants.start + 8 * group); }

  template <int kTaps>
  OCTET_OP void load(const std::uint8_t* const* taps, Vec (&q)[parts(kTaps)][2]) {
#pragma GCC unroll 4
    for (int part = 0; part < kTaps / 2; ++part) {
      const __m128i a = load_16(taps[2 * part]), b = load_16(taps[2 * part + 1]);
      q[part][0] = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b));
      q[part][1] = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(a, b));
    }
    if constexpr (kTaps % 2 == 1) {
      q[kTaps / 2][0] = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(taps[kTaps - 1])));
      q[kTaps / 2][1] = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(taps[kTaps - 1] + 8)));
    }
  }
  OCTET_OP Vec dot(Vec sum, Vec x, Vec w) { return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w)); }
};

OCTET_OP __m256 scaled(const Block16& constants, __m256i sum, int group) {
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(constants.multiplier + 8 * group),
                         _mm256_loadu_ps(constants.offset + 8 * group));
}

// The first `count` bytes, fewer than 16.
OCTET_OP void store_some(std::uint8_t* out, __m128i x, int count) {
  std::uint64_t bytes = static_cast<std::uint64_t>(_mm_cvtsi128_si64(x));
  if (count & 8) {
    std::memcpy(out, &bytes, 8);
    bytes = static_cast<std::uint64_t>(_mm_extract_epi64(x, 1));
    out += 8;
  }
  if (count & 4) {
    std::memcpy(out, &bytes, 4);
    bytes >>= 32;
    out += 4;
  }
  if (count & 2) {
    std::memcpy(out, &bytes, 2);
    bytes >>= 16;
    out += 2;
  }
  if (count & 1) *out = static_cast<std::uint8_t>(bytes);
}

// Rounds values that are not above 255 minus the zero point. What is too small, and NaN, which becomes the smallest
// integer, is brought to 0 by the saturation of the packs.
OCTET_OP void store_rounded(const Block16& constants, __m256 low, __m256 high, std::uint8_t* out, int channels) {
  const __m256i packed = _mm256_packs_epi32(_mm256_cvtps_epi32(low), _mm256_cvtps_epi32(high));
  const __m256i quantized = _mm256_adds_epi16(packed, load_32(constants.zero_point));
  const __m128i mixed = _mm_packus_epi16(_mm256_castsi256_si128(quantized), _mm256_extracti128_si256(quantized, 1));
  const __m128i result = _mm_shuffle_epi32(mixed, _MM_SHUFFLE(3, 1, 2, 0));
  if (channels == 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(out), result);
  store_some(out, result, channels);
}

struct ToU8 {
  using Result = std::uint8_t;
  OCTET_OP void store(const Block16& constants, const __m256i (&sums)[2], std::uint8_t* out, int channels) {
    // This operand order keeps NaN.
    const __m256 low = _mm256_min_ps(_mm256_loadu_ps(constants.highest), scaled(constants, sums[0], 0));
    const __m256 high = _mm256_min_ps(_mm256_loadu_ps(constants.highest + 8), scaled(constants, sums[1], 1));
    store_rounded(constants, low, high, out, channels);
  }
};

struct ToReal {
  using Result = float;
  OCTET_OP void store(const Block16& constants, const __m256i (&sums)[2], float* out, int) {
    _mm256_storeu_ps(out, scaled(constants, sums[0], 0));
    _mm256_storeu_ps(out + 8, scaled(constants, sums[1], 1));
  }
};

OCTET_OP __m256 limited(const Block16& constants, const float* real, int first) {
  const __m256 t = _mm256_mul_ps(_mm256_loadu_ps(real + first), _mm256_loadu_ps(constants.inv_scale + first));
  const __m256 above = _mm256_max_ps(t, _mm256_loadu_ps(constants.lowest + first));  // this operand order sends NaN to lowest
  return _mm256_min_ps(above, _mm256_loadu_ps(constants.highest + first));
}

OCTET_AVX2 void finish(const void* block, const float* real, std::int64_t pixels, std::uint8_t* out, std::int64_t out_step, int channels) {
  const Block16& constants = *static_cast<const Block16*>(block);
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel, real += 16, out += out_step)
    store_rounded(constants, limited(constants, real, 0), limited(constants, real, 8), out, channels);
}

constexpr U8Kernels kKernels[] = {
    {Pairs::kChannels, 8, LaneOrder::kNatural, TapOrder::kPairs, rows_of<Pairs, ToU8>(), rows_of<Pairs, ToReal>(), finish},
};

}  // namespace

std::unique_ptr<Depthwise2dU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int8_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return kernels::depthwise::make_packed_u8(isa, kKernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::avx2
