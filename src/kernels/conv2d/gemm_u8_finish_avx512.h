#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conv2d/gemm_u8.h"
#include "kernels/intrinsics.h"
#include "kernels/requantize_avx512.h"

// From sums, `vectors` registers of 16 a row, to stored results; shared by the levels of 512 bits.
namespace octet::kernels::avx512 {

OCTET_AVX512 inline __mmask16 first_lanes(std::int64_t count) { return static_cast<__mmask16>(count >= 16 ? 0xFFFF : (1u << count) - 1); }

template <Activation::Kind kKind, bool kPlain>
OCTET_AVX512 void finish_u8(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  std::uint8_t* out = gemm.out_u8 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * 16)
    for (std::int64_t c = 0; c < gemm.channels; c += 16) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const __m128i bytes = requantize_u8<kKind, kPlain>(*gemm.requantization, channel, _mm512_load_si512(sums + c));
      const std::int64_t left = gemm.channels - c;
      if (left >= 16)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + c), bytes);
      else
        _mm_mask_storeu_epi8(out + c, first_lanes(left), bytes);
    }
}

template <Activation::Kind kKind>
OCTET_AVX512 void finish_f32(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  float* out = gemm.out_f32 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * 16)
    for (std::int64_t c = 0; c < gemm.channels; c += 16) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const __m512 real = requantize_real<kKind>(*gemm.requantization, channel, _mm512_load_si512(sums + c));
      _mm512_mask_storeu_ps(out + c, first_lanes(gemm.channels - c), real);
    }
}

}  // namespace octet::kernels::avx512
