#pragma once

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/x86/intrinsics.h"
#include "kernels/requantize_table.h"

// requantize.h for sixteen channels a step from `channel` on; those beyond the last give 0.
namespace octet::kernels::avx512 {

template <Activation::Kind kKind>
OCTET_AVX512 inline __m512 requantize_real(const RequantizationTable& table, std::size_t channel, __m512i sum) {
  const __m512 real =
      fma(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(table.multiplier.data() + channel), _mm512_loadu_ps(table.offset.data() + channel));
  return activate<kKind>(real, set(table.activation.a), set(table.activation.b));
}

// Results as 32-bit integers 0..255.
template <Activation::Kind kKind, bool kPlain>
OCTET_AVX512 inline __m512i requantize_int(const RequantizationTable& table, std::size_t channel, __m512i sum) {
  __m512 real = requantize_real<kKind>(table, channel, sum);
  if constexpr (!kPlain) real = mul(real, _mm512_loadu_ps(table.inv_scale.data() + channel));
  const __m512 limited = min(max(real, _mm512_loadu_ps(table.lowest.data() + channel)), _mm512_loadu_ps(table.highest.data() + channel));
  return _mm512_add_epi32(to_int(limited), _mm512_loadu_si512(table.zero_point.data() + channel));
}

template <Activation::Kind kKind, bool kPlain>
OCTET_AVX512 inline __m128i requantize_u8(const RequantizationTable& table, std::size_t channel, __m512i sum) {
  return _mm512_cvtepi32_epi8(requantize_int<kKind, kPlain>(table, channel, sum));
}

}  // namespace octet::kernels::avx512
