#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/x86/intrinsics.h"

namespace octet::kernels::avx512 {
namespace {

#define OCTET_OP OCTET_AVX512 __attribute__((always_inline)) inline

OCTET_OP __m512 floats_of(const std::uint8_t* from) {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}

struct Addition {
  __m512 a_multiplier, b_multiplier, offset;
};

OCTET_OP Addition addition(const AddU8& add) {
  return {_mm512_set1_ps(add.a_multiplier), _mm512_set1_ps(add.b_multiplier), _mm512_set1_ps(add.offset)};
}

OCTET_OP __m512 sum_of_16(const Addition& add, const std::uint8_t* a, const std::uint8_t* b) {
  return _mm512_fmadd_ps(floats_of(a), add.a_multiplier, _mm512_fmadd_ps(floats_of(b), add.b_multiplier, add.offset));
}

}  // namespace

OCTET_AVX512 void add_u8_f32(const AddU8& add, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out) {
  const Addition how = addition(add);
  std::size_t i = 0;
  for (; i + 16 <= out.size(); i += 16) _mm512_storeu_ps(&out[i], sum_of_16(how, &a[i], &b[i]));
  portable::add_u8_f32(add, a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_AVX512 void add_u8(const AddU8& add, const U8Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                         std::span<std::uint8_t> out) {
  const Addition how = addition(add);
  const __m512 lowest = _mm512_set1_ps(limits.lowest), highest = _mm512_set1_ps(limits.highest);
  const __m512i zero_point = _mm512_set1_epi16(add.zero_point);
  const __m512i unzip = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);  // packs work in 128-bit parts
  std::size_t i = 0;
  for (; i + 64 <= out.size(); i += 64) {
    __m512i q[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part) {
      const __m512 above = _mm512_max_ps(sum_of_16(how, &a[i + 16 * part], &b[i + 16 * part]), lowest);
      q[part] = _mm512_cvtps_epi32(_mm512_min_ps(above, highest));
    }
    const __m512i low = _mm512_add_epi16(_mm512_packs_epi32(q[0], q[1]), zero_point);
    const __m512i high = _mm512_add_epi16(_mm512_packs_epi32(q[2], q[3]), zero_point);
    _mm512_storeu_si512(&out[i], _mm512_permutexvar_epi32(unzip, _mm512_packus_epi16(low, high)));
  }
  avx2::add_u8(add, limits, a.subspan(i), b.subspan(i), out.subspan(i));
}

}  // namespace octet::kernels::avx512
