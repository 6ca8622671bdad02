#pragma once

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/x86/intrinsics.h"
#include "kernels/requantize_table.h"

// requantize.h for eight channels a step from `channel` on; those beyond the last give 0.
namespace octet::kernels::avx2 {

template <Activation::Kind kKind>
OCTET_AVX2 inline __m256 requantize_real(const RequantizationTable& table, std::size_t channel, __m256i sum) {
  const __m256 real =
      fma(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(table.multiplier.data() + channel), _mm256_loadu_ps(table.offset.data() + channel));
  return activate<kKind>(real, set(table.activation.a), set(table.activation.b));
}

// Results as 32-bit integers 0..255.
template <Activation::Kind kKind, bool kPlain>
OCTET_AVX2 inline __m256i requantize_int(const RequantizationTable& table, std::size_t channel, __m256i sum) {
  __m256 real = requantize_real<kKind>(table, channel, sum);
  if constexpr (!kPlain) real = mul(real, _mm256_loadu_ps(table.inv_scale.data() + channel));
  const __m256 limited = min(max(real, _mm256_loadu_ps(table.lowest.data() + channel)), _mm256_loadu_ps(table.highest.data() + channel));
  const __m256i zero_point = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(table.zero_point.data() + channel));
  return _mm256_add_epi32(to_int(limited), zero_point);
}

// Sixteen integers 0..255 as bytes.
OCTET_AVX2 inline __m128i bytes_of(__m256i first, __m256i second) {
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xD8);
  return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

// Sixteen channels from `channel` on.
template <Activation::Kind kKind, bool kPlain>
OCTET_AVX2 inline __m128i requantize_u8(const RequantizationTable& table, std::size_t channel, __m256i first, __m256i second) {
  return bytes_of(requantize_int<kKind, kPlain>(table, channel, first), requantize_int<kKind, kPlain>(table, channel + 8, second));
}

}  // namespace octet::kernels::avx2
