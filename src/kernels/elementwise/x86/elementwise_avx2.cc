#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/x86/intrinsics.h"

namespace octet::kernels::avx2 {
namespace {

#define OCTET_OP OCTET_AVX2 __attribute__((always_inline)) inline

OCTET_OP __m256 floats_of(const std::uint8_t* from) {
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}

struct Addition {
  __m256 a_multiplier, b_multiplier, offset;
};

OCTET_OP Addition addition(const AddU8& add) {
  return {_mm256_set1_ps(add.a_multiplier), _mm256_set1_ps(add.b_multiplier), _mm256_set1_ps(add.offset)};
}

OCTET_OP __m256 sum_of_8(const Addition& add, const std::uint8_t* a, const std::uint8_t* b) {
  return _mm256_fmadd_ps(floats_of(a), add.a_multiplier, _mm256_fmadd_ps(floats_of(b), add.b_multiplier, add.offset));
}

}  // namespace

OCTET_AVX2 void add_f32(std::span<const float> a, std::span<const float> b, std::span<float> out) {
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8) _mm256_storeu_ps(&out[i], _mm256_add_ps(_mm256_loadu_ps(&a[i]), _mm256_loadu_ps(&b[i])));
  portable::add_f32(a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_AVX2 void multiply_f32(std::span<const float> a, std::span<const float> b, std::span<float> out) {
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8) _mm256_storeu_ps(&out[i], _mm256_mul_ps(_mm256_loadu_ps(&a[i]), _mm256_loadu_ps(&b[i])));
  portable::multiply_f32(a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_AVX2 void scale_shift_f32(std::span<const float> in, std::span<const float> scale, std::span<const float> offset,
                                std::span<float> out) {
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8)
    _mm256_storeu_ps(&out[i], _mm256_fmadd_ps(_mm256_loadu_ps(&in[i]), _mm256_loadu_ps(&scale[i]), _mm256_loadu_ps(&offset[i])));
  portable::scale_shift_f32(in.subspan(i), scale.subspan(i), offset.subspan(i), out.subspan(i));
}

OCTET_AVX2 void add_u8_f32(const AddU8& add, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out) {
  const Addition how = addition(add);
  std::size_t i = 0;
  for (; i + 8 <= out.size(); i += 8) _mm256_storeu_ps(&out[i], sum_of_8(how, &a[i], &b[i]));
  portable::add_u8_f32(add, a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_AVX2 void add_u8(const AddU8& add, const U8Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                       std::span<std::uint8_t> out) {
  const Addition how = addition(add);
  const __m256 lowest = _mm256_set1_ps(limits.lowest), highest = _mm256_set1_ps(limits.highest);
  const __m256i zero_point = _mm256_set1_epi16(add.zero_point);
  const __m256i unzip = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);  // packs work in 128-bit halves
  std::size_t i = 0;
  for (; i + 32 <= out.size(); i += 32) {
    __m256i q[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part) {
      const __m256 above = _mm256_max_ps(sum_of_8(how, &a[i + 8 * part], &b[i + 8 * part]), lowest);
      q[part] = _mm256_cvtps_epi32(_mm256_min_ps(above, highest));
    }
    const __m256i low = _mm256_add_epi16(_mm256_packs_epi32(q[0], q[1]), zero_point);
    const __m256i high = _mm256_add_epi16(_mm256_packs_epi32(q[2], q[3]), zero_point);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(&out[i]), _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), unzip));
  }
  portable::add_u8(add, limits, a.subspan(i), b.subspan(i), out.subspan(i));
}

}  // namespace octet::kernels::avx2
