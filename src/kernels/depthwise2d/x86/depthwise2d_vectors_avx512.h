#pragma once

#include <cstdint>

#include "base/cpu.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx2.h"
#include "kernels/x86/intrinsics.h"

// The vectors of depthwise2d_vectors_avx2.h, and one of 64 bytes.
namespace octet::kernels::avx512 {

#define OCTET_TARGET OCTET_AVX512

struct Zmm {
  using Int = __m512i;
  using Float = __m512;
  static constexpr int kChannels = 64, kPixels = 1, kLanes = 16, kGroups = 4;

  OCTET_OP static Int zero() { return _mm512_setzero_si512(); }
  OCTET_OP static Int load(const void* from) { return _mm512_loadu_si512(from); }
  OCTET_OP static Float load_f32(const float* from) { return _mm512_loadu_ps(from); }
  OCTET_OP static Int unpack_low_8(Int a, Int b) { return _mm512_unpacklo_epi8(a, b); }
  OCTET_OP static Int unpack_high_8(Int a, Int b) { return _mm512_unpackhi_epi8(a, b); }
  OCTET_OP static Int unpack_low_16(Int a, Int b) { return _mm512_unpacklo_epi16(a, b); }
  OCTET_OP static Int unpack_high_16(Int a, Int b) { return _mm512_unpackhi_epi16(a, b); }
  OCTET_OP static Int even_bytes(Int x) { return _mm512_and_si512(x, _mm512_set1_epi16(255)); }
  OCTET_OP static Int odd_bytes(Int x) { return _mm512_srli_epi16(x, 8); }
  OCTET_OP static Int madd(Int sum, Int a, Int b) { return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b)); }
  OCTET_OP static Float to_float(Int x) { return _mm512_cvtepi32_ps(x); }
  OCTET_OP static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  OCTET_OP static Float broadcast(float value) { return _mm512_set1_ps(value); }
  OCTET_OP static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
  OCTET_OP static Float min(Float a, Float b) { return _mm512_min_ps(a, b); }
  OCTET_OP static Float max(Float a, Float b) { return _mm512_max_ps(a, b); }
  OCTET_OP static Int round(Float x) { return _mm512_cvtps_epi32(x); }
  OCTET_OP static Int pack_32(Int a, Int b) { return _mm512_packs_epi32(a, b); }
  OCTET_OP static Int add_16(Int a, Int b) { return _mm512_adds_epi16(a, b); }
  OCTET_OP static Int pack_16(Int a, Int b) { return _mm512_packus_epi16(a, b); }
  OCTET_OP static Int min_8(Int a, Int b) { return _mm512_min_epu8(a, b); }
  OCTET_OP static Int max_8(Int a, Int b) { return _mm512_max_epu8(a, b); }
  OCTET_OP static void store(void* to, Int x) { _mm512_storeu_si512(to, x); }
  OCTET_OP static void store_some(void* to, Int x, int bytes) { _mm512_mask_storeu_epi8(to, _bzhi_u64(~0ull, bytes), x); }
  using Bundle = avx512::bundle::Vec;
  static constexpr int kParts = avx512::bundle::kParts;
  template <Activation::Kind kKind>
  OCTET_OP static Bundle activate(const Bundle& x, float a, float b) {
    return avx512::bundle::activate_number<kKind>(x, avx512::bundle::set(a), avx512::bundle::set(b));
  }
  OCTET_OP static void store_f32(float* to, Float x) { _mm512_storeu_ps(to, x); }
};

struct Ymm : avx2::Ymm {
  OCTET_OP static void store_some(void* to, Int x, int bytes) { _mm256_mask_storeu_epi8(to, _bzhi_u32(~0u, bytes), x); }
};

struct Xmm : avx2::Xmm {
  OCTET_OP static void store_some(void* to, Int x, int bytes) {
    _mm_mask_storeu_epi8(to, static_cast<__mmask16>(_bzhi_u32(~0u, bytes)), x);
  }
};

// The bytes of a channel block of `kCount` pixels in a Zmm, one behind the other.
template <int kCount>
struct ZmmOfPixels : Zmm {
  static constexpr int kPixels = kCount, kBlock = kChannels / kCount;

  // The pixels at `from`, `from + step`, ...
  OCTET_OP static Int load_pixels(const std::uint8_t* from, std::int64_t step) {
    const std::uint8_t* pixels[kPixels];
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) pixels[i] = from + i * step;
    return step == kBlock ? load(from) : load_pixels(pixels);
  }
  OCTET_OP static Int load_pixels(const std::uint8_t* const (&pixels)[kPixels]) {
    if constexpr (kPixels == 2) return _mm512_inserti64x4(_mm512_castsi256_si512(Ymm::load(pixels[0])), Ymm::load(pixels[1]), 1);
    const Int two = _mm512_inserti32x4(_mm512_castsi128_si512(Xmm::load(pixels[0])), Xmm::load(pixels[1]), 1);
    return _mm512_inserti32x4(_mm512_inserti32x4(two, Xmm::load(pixels[kPixels - 2]), 2), Xmm::load(pixels[kPixels - 1]), 3);
  }
  // The last pixels of `x`, without its first `kFirst`, and the first ones of `next`.
  template <int kFirst>
  OCTET_OP static Int from_pixel(Int x, Int next) {
    if constexpr (kFirst == kPixels) return next;
    return _mm512_alignr_epi64(next, x, kFirst % kPixels * 8 / kPixels);
  }
  OCTET_OP static void store_pixels(std::uint8_t* to, std::int64_t step, Int bytes, std::int64_t pixels, int channels) {
    // Once for all pixels, as tests and jumps with each of them take longer than its bytes.
    if (pixels >= kPixels && channels == kBlock) return step == kBlock ? store(to, bytes) : store_parts(to, step, bytes, kPixels, kBlock);
    store_parts(to, step, bytes, pixels, channels);
  }

 private:
  OCTET_OP static void store_parts(std::uint8_t* to, std::int64_t step, Int bytes, std::int64_t pixels, int channels) {
    const __mmask32 first = _bzhi_u32(~0u, static_cast<unsigned>(channels));
    if constexpr (kPixels == 2) {
      const __m256i halves[] = {_mm512_castsi512_si256(bytes), _mm512_extracti64x4_epi64(bytes, 1)};
#pragma GCC unroll 2
      for (int i = 0; i < kPixels; ++i)
        if (i < pixels)
          channels == kBlock ? Ymm::store(to + i * step, halves[i]) : _mm256_mask_storeu_epi8(to + i * step, first, halves[i]);
    } else {
      const __m128i quarters[] = {_mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1), _mm512_extracti32x4_epi32(bytes, 2),
                                  _mm512_extracti32x4_epi32(bytes, 3)};
#pragma GCC unroll 4
      for (int i = 0; i < kPixels; ++i)
        if (i < pixels)
          channels == kBlock ? Xmm::store(to + i * step, quarters[i])
                             : _mm_mask_storeu_epi8(to + i * step, static_cast<__mmask16>(first), quarters[i]);
    }
  }
};

#undef OCTET_TARGET

}  // namespace octet::kernels::avx512
