#include "kernels/x86/intrinsics.h"
#include "kernels/quantize/quantize_kernels.h"

namespace octet::kernels::avx2 {
namespace {

#define OCTET_OP OCTET_AVX2 __attribute__((always_inline)) inline

// Real steps to integers between -zero_point and 255 - zero_point. Clamps before it converts: the conversion answers the
// smallest integer for any value outside int32.
OCTET_OP __m256i round_between(__m256 scaled, __m256 lowest, __m256 highest) {
  const __m256 above = _mm256_max_ps(scaled, lowest);  // this operand order sends NaN to lowest
  return _mm256_cvtps_epi32(_mm256_min_ps(above, highest));
}

OCTET_OP __m256i integers_of(const std::uint8_t* from) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}

// Bytes of eight integers in 0..255.
OCTET_OP void store_8(std::uint8_t* to, __m256i x) {
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
}

}  // namespace

OCTET_AVX2 void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out) {
  const __m256 inv_scale = _mm256_set1_ps(how.inv_scale);
  const __m256 lowest = _mm256_set1_ps(-static_cast<float>(how.zero_point)),
               highest = _mm256_set1_ps(255.0f - static_cast<float>(how.zero_point));
  const __m256i zero_point = _mm256_set1_epi16(how.zero_point);
  const __m256i unzip = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);  // packs work in 128-bit halves
  std::size_t i = 0;
  for (; i + 32 <= out.size(); i += 32) {
    __m256i q[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part)
      q[part] = round_between(_mm256_mul_ps(_mm256_loadu_ps(&in[i + 8 * part]), inv_scale), lowest, highest);
    const __m256i low = _mm256_add_epi16(_mm256_packs_epi32(q[0], q[1]), zero_point);
    const __m256i high = _mm256_add_epi16(_mm256_packs_epi32(q[2], q[3]), zero_point);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(&out[i]), _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), unzip));
  }
  portable::quantize_all(how, in.subspan(i), out.subspan(i));
}

OCTET_AVX2 void quantize_each(std::span<const float> in, std::span<const float> inv_scale, std::span<const std::uint8_t> zero_point,
                              std::span<std::uint8_t> out) {
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8) {
    const __m256i zero = integers_of(&zero_point[i]);
    const __m256 lowest = _mm256_sub_ps(_mm256_setzero_ps(), _mm256_cvtepi32_ps(zero));
    const __m256 highest = _mm256_add_ps(_mm256_set1_ps(255.0f), lowest);
    const __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(&in[i]), _mm256_loadu_ps(&inv_scale[i]));
    store_8(&out[i], _mm256_add_epi32(round_between(scaled, lowest, highest), zero));
  }
  portable::quantize_each(in.subspan(i), inv_scale.subspan(i), zero_point.subspan(i), out.subspan(i));
}

OCTET_AVX2 void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out) {
  const __m256 scales = _mm256_set1_ps(scale);
  const __m256i zero = _mm256_set1_epi32(zero_point);
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8)
    _mm256_storeu_ps(&out[i], _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_sub_epi32(integers_of(&in[i]), zero)), scales));
  portable::dequantize_all(scale, zero_point, in.subspan(i), out.subspan(i));
}

OCTET_AVX2 void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                                std::span<float> out) {
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8) {
    const __m256i steps = _mm256_sub_epi32(integers_of(&in[i]), integers_of(&zero_point[i]));
    _mm256_storeu_ps(&out[i], _mm256_mul_ps(_mm256_cvtepi32_ps(steps), _mm256_loadu_ps(&scale[i])));
  }
  portable::dequantize_each(in.subspan(i), scale.subspan(i), zero_point.subspan(i), out.subspan(i));
}

}  // namespace octet::kernels::avx2
