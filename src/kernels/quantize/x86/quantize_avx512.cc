#include "kernels/x86/intrinsics.h"
#include "kernels/quantize/quantize_kernels.h"

// What is less than sixteen at the end goes through masks.
namespace octet::kernels::avx512 {
namespace {

#define OCTET_OP OCTET_AVX512 __attribute__((always_inline)) inline

// Real steps to integers between -zero_point and 255 - zero_point. Clamps before it converts: the conversion answers the
// smallest integer for any value outside int32.
OCTET_OP __m512i round_between(__m512 scaled, __m512 lowest, __m512 highest) {
  const __m512 above = _mm512_max_ps(scaled, lowest);  // this operand order sends NaN to lowest
  return _mm512_cvtps_epi32(_mm512_min_ps(above, highest));
}

OCTET_OP __mmask16 first_of(std::size_t left) { return static_cast<__mmask16>(left >= 16 ? 0xffff : (1u << left) - 1); }

OCTET_OP __m512i integers_of(__mmask16 some, const std::uint8_t* from) { return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(some, from)); }

}  // namespace

OCTET_AVX512 void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out) {
  const __m512 inv_scale = _mm512_set1_ps(how.inv_scale);
  const __m512 lowest = _mm512_set1_ps(-static_cast<float>(how.zero_point)),
               highest = _mm512_set1_ps(255.0f - static_cast<float>(how.zero_point));
  const __m512i zero_point = _mm512_set1_epi16(how.zero_point);
  const __m512i unzip = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);  // packs work in 128-bit parts
  std::size_t i = 0;
  for (; i + 64 <= out.size(); i += 64) {
    __m512i q[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part)
      q[part] = round_between(_mm512_mul_ps(_mm512_loadu_ps(&in[i + 16 * part]), inv_scale), lowest, highest);
    const __m512i low = _mm512_add_epi16(_mm512_packs_epi32(q[0], q[1]), zero_point);
    const __m512i high = _mm512_add_epi16(_mm512_packs_epi32(q[2], q[3]), zero_point);
    _mm512_storeu_si512(&out[i], _mm512_permutexvar_epi32(unzip, _mm512_packus_epi16(low, high)));
  }
  avx2::quantize_all(how, in.subspan(i), out.subspan(i));
}

OCTET_AVX512 void quantize_each(std::span<const float> in, std::span<const float> inv_scale, std::span<const std::uint8_t> zero_point,
                                std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); i += 16) {
    const __mmask16 some = first_of(out.size() - i);
    const __m512i zero = integers_of(some, zero_point.data() + i);
    const __m512 lowest = _mm512_sub_ps(_mm512_setzero_ps(), _mm512_cvtepi32_ps(zero));
    const __m512 highest = _mm512_add_ps(_mm512_set1_ps(255.0f), lowest);
    const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(some, in.data() + i), _mm512_maskz_loadu_ps(some, inv_scale.data() + i));
    const __m512i quantized = _mm512_add_epi32(round_between(scaled, lowest, highest), zero);
    _mm_mask_storeu_epi8(out.data() + i, some, _mm512_cvtepi32_epi8(quantized));
  }
}

OCTET_AVX512 void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out) {
  const __m512 scales = _mm512_set1_ps(scale);
  const __m512i zero = _mm512_set1_epi32(zero_point);
  for (std::size_t i = 0; i < out.size(); i += 16) {
    const __mmask16 some = first_of(out.size() - i);
    const __m512i steps = _mm512_sub_epi32(integers_of(some, in.data() + i), zero);
    _mm512_mask_storeu_ps(out.data() + i, some, _mm512_mul_ps(_mm512_cvtepi32_ps(steps), scales));
  }
}

OCTET_AVX512 void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                                  std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); i += 16) {
    const __mmask16 some = first_of(out.size() - i);
    const __m512i steps = _mm512_sub_epi32(integers_of(some, in.data() + i), integers_of(some, zero_point.data() + i));
    _mm512_mask_storeu_ps(out.data() + i, some, _mm512_mul_ps(_mm512_cvtepi32_ps(steps), _mm512_maskz_loadu_ps(some, scale.data() + i)));
  }
}

}  // namespace octet::kernels::avx512
