#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/x86/intrinsics.h"

// Vectors of two lengths with the operations that depthwise convolutions take from them, so that blocks of 32 and 16 channels come from
// one text. Unpacking and packing work in 128-bit parts: what unpacks mix, packs put right.
namespace octet::kernels::avx2 {

#define OCTET_TARGET OCTET_AVX2

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

struct Ymm {
  using Int = __m256i;
  using Float = __m256;
  static constexpr int kChannels = 32, kPixels = 1, kLanes = 8, kGroups = 4;

  OCTET_OP static Int zero() { return _mm256_setzero_si256(); }
  OCTET_OP static Int load(const void* from) { return _mm256_loadu_si256(static_cast<const Int*>(from)); }
  OCTET_OP static Float load_f32(const float* from) { return _mm256_loadu_ps(from); }
  OCTET_OP static Int unpack_low_8(Int a, Int b) { return _mm256_unpacklo_epi8(a, b); }
  OCTET_OP static Int unpack_high_8(Int a, Int b) { return _mm256_unpackhi_epi8(a, b); }
  OCTET_OP static Int unpack_low_16(Int a, Int b) { return _mm256_unpacklo_epi16(a, b); }
  OCTET_OP static Int unpack_high_16(Int a, Int b) { return _mm256_unpackhi_epi16(a, b); }
  OCTET_OP static Int even_bytes(Int x) { return _mm256_and_si256(x, _mm256_set1_epi16(255)); }
  OCTET_OP static Int odd_bytes(Int x) { return _mm256_srli_epi16(x, 8); }
  OCTET_OP static Int madd(Int sum, Int a, Int b) { return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)); }
  OCTET_OP static Float to_float(Int x) { return _mm256_cvtepi32_ps(x); }
  OCTET_OP static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  OCTET_OP static Float broadcast(float value) { return _mm256_set1_ps(value); }
  OCTET_OP static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
  OCTET_OP static Float min(Float a, Float b) { return _mm256_min_ps(a, b); }
  OCTET_OP static Float max(Float a, Float b) { return _mm256_max_ps(a, b); }
  OCTET_OP static Int round(Float x) { return _mm256_cvtps_epi32(x); }
  OCTET_OP static Int pack_32(Int a, Int b) { return _mm256_packs_epi32(a, b); }
  OCTET_OP static Int add_16(Int a, Int b) { return _mm256_adds_epi16(a, b); }
  OCTET_OP static Int pack_16(Int a, Int b) { return _mm256_packus_epi16(a, b); }
  OCTET_OP static Int min_8(Int a, Int b) { return _mm256_min_epu8(a, b); }
  OCTET_OP static Int max_8(Int a, Int b) { return _mm256_max_epu8(a, b); }
  OCTET_OP static void store(void* to, Int x) { _mm256_storeu_si256(static_cast<Int*>(to), x); }
  OCTET_OP static void store_some(std::uint8_t* to, Int x, int bytes) {
    if (bytes & 16) _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(x));
    if (bytes < 16) return avx2::store_some(to, _mm256_castsi256_si128(x), bytes);
    avx2::store_some(to + 16, _mm256_extracti128_si256(x, 1), bytes & 15);
  }
  using Bundle = avx2::bundle::Vec;
  static constexpr int kParts = avx2::bundle::kParts;
  template <Activation::Kind kKind>
  OCTET_OP static Bundle activate(const Bundle& x, float a, float b) {
    return avx2::bundle::activate_number<kKind>(x, avx2::bundle::set(a), avx2::bundle::set(b));
  }
  OCTET_OP static void store_f32(float* to, Float x) { _mm256_storeu_ps(to, x); }
};

struct Xmm {
  using Int = __m128i;
  using Float = __m128;
  static constexpr int kChannels = 16, kPixels = 1, kLanes = 4, kGroups = 4;

  OCTET_OP static Int zero() { return _mm_setzero_si128(); }
  OCTET_OP static Int load(const void* from) { return _mm_loadu_si128(static_cast<const Int*>(from)); }
  OCTET_OP static Float load_f32(const float* from) { return _mm_loadu_ps(from); }
  OCTET_OP static Int unpack_low_8(Int a, Int b) { return _mm_unpacklo_epi8(a, b); }
  OCTET_OP static Int unpack_high_8(Int a, Int b) { return _mm_unpackhi_epi8(a, b); }
  OCTET_OP static Int unpack_low_16(Int a, Int b) { return _mm_unpacklo_epi16(a, b); }
  OCTET_OP static Int unpack_high_16(Int a, Int b) { return _mm_unpackhi_epi16(a, b); }
  OCTET_OP static Int even_bytes(Int x) { return _mm_and_si128(x, _mm_set1_epi16(255)); }
  OCTET_OP static Int odd_bytes(Int x) { return _mm_srli_epi16(x, 8); }
  OCTET_OP static Int madd(Int sum, Int a, Int b) { return _mm_add_epi32(sum, _mm_madd_epi16(a, b)); }
  OCTET_OP static Float to_float(Int x) { return _mm_cvtepi32_ps(x); }
  OCTET_OP static Float fma(Float a, Float b, Float c) { return _mm_fmadd_ps(a, b, c); }
  OCTET_OP static Float broadcast(float value) { return _mm_set1_ps(value); }
  OCTET_OP static Float mul(Float a, Float b) { return _mm_mul_ps(a, b); }
  OCTET_OP static Float min(Float a, Float b) { return _mm_min_ps(a, b); }
  OCTET_OP static Float max(Float a, Float b) { return _mm_max_ps(a, b); }
  OCTET_OP static Int round(Float x) { return _mm_cvtps_epi32(x); }
  OCTET_OP static Int pack_32(Int a, Int b) { return _mm_packs_epi32(a, b); }
  OCTET_OP static Int add_16(Int a, Int b) { return _mm_adds_epi16(a, b); }
  OCTET_OP static Int pack_16(Int a, Int b) { return _mm_packus_epi16(a, b); }
  OCTET_OP static Int min_8(Int a, Int b) { return _mm_min_epu8(a, b); }
  OCTET_OP static Int max_8(Int a, Int b) { return _mm_max_epu8(a, b); }
  OCTET_OP static void store(void* to, Int x) { _mm_storeu_si128(static_cast<Int*>(to), x); }
  OCTET_OP static void store_some(std::uint8_t* to, Int x, int bytes) { avx2::store_some(to, x, bytes); }
  static constexpr int kParts = Ymm::kParts;
  struct Bundle {
    Float part[kParts];
  };
  template <Activation::Kind kKind>
  OCTET_OP static Bundle activate(Bundle x, float a, float b) {
    Ymm::Bundle wide;
#pragma GCC unroll 8
    for (int i = 0; i < kParts; ++i) wide.part[i] = _mm256_zextps128_ps256(x.part[i]);
    wide = Ymm::activate<kKind>(wide, a, b);
#pragma GCC unroll 8
    for (int i = 0; i < kParts; ++i) x.part[i] = _mm256_castps256_ps128(wide.part[i]);
    return x;
  }
  OCTET_OP static void store_f32(float* to, Float x) { _mm_storeu_ps(to, x); }
};

// The bytes of 16 channels of two pixels in a Ymm, one behind the other.
struct YmmOfTwoPixels : Ymm {
  static constexpr int kPixels = 2, kBlock = kChannels / kPixels;

  // The pixels at `from` and `from + step`.
  OCTET_OP static Int load_pixels(const std::uint8_t* from, std::int64_t step) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(Xmm::load(from)), Xmm::load(from + step), 1);
  }
  // The last pixels of `x`, without its first `kFirst`, and the first ones of `next`.
  template <int kFirst>
  OCTET_OP static Int from_pixel(Int x, Int next) {
    if constexpr (kFirst == kPixels) return next;
    return _mm256_permute2x128_si256(x, next, 0x21);
  }
  OCTET_OP static void store_pixels(std::uint8_t* to, std::int64_t step, Int bytes, std::int64_t pixels, int channels) {
    const __m128i first = _mm256_castsi256_si128(bytes), second = _mm256_extracti128_si256(bytes, 1);
    channels == kBlock ? Xmm::store(to, first) : Xmm::store_some(to, first, channels);
    if (pixels > 1) channels == kBlock ? Xmm::store(to + step, second) : Xmm::store_some(to + step, second, channels);
  }
};

#undef OCTET_TARGET

}  // namespace octet::kernels::avx2
