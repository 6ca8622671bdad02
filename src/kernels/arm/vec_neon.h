#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/arm/intrinsics.h"

// Four 32-bit values a vector: see x86/vec_avx2.h. Packing keeps the order of vectors here.
namespace octet::kernels::neon {

#define OCTET_TARGET OCTET_NEON

using Vec = float32x4_t;
using Ints = int32x4_t;
using Half = uint8x8_t;
inline constexpr int kLanes = 4;

OCTET_OP Vec set(float value) { return vdupq_n_f32(value); }
OCTET_OP Vec load(const float* from) { return vld1q_f32(from); }
OCTET_OP Vec load_first(const float* from, std::int64_t count, Vec rest) {
  float values[kLanes];
  vst1q_f32(values, rest);
  std::memcpy(values, from, static_cast<std::size_t>(count) * sizeof(float));
  return vld1q_f32(values);
}
OCTET_OP void store(float* to, Vec x) { vst1q_f32(to, x); }
OCTET_OP void store_first(float* to, Vec x, std::int64_t count) {
  if (count >= kLanes) return store(to, x);
  float32x2_t rest = vget_low_f32(x);
  if (count & 2) {
    vst1_f32(to, rest);
    rest = vget_high_f32(x);
    to += 2;
  }
  if (count & 1) vst1_lane_f32(to, rest, 0);
}

OCTET_OP Vec add(Vec x, Vec y) { return vaddq_f32(x, y); }
OCTET_OP Vec sub(Vec x, Vec y) { return vsubq_f32(x, y); }
OCTET_OP Vec mul(Vec x, Vec y) { return vmulq_f32(x, y); }
OCTET_OP Vec fma(Vec x, Vec y, Vec z) { return vfmaq_f32(z, x, y); }
OCTET_OP Vec div(Vec x, Vec y) { return vdivq_f32(x, y); }
OCTET_OP Vec round_even(Vec x) { return vrndnq_f32(x); }
// Comparisons, as the instructions for it have an answer of their own to NaN and zeros: of NaN, or of two zeros, this is the second.
OCTET_OP Vec min(Vec x, Vec y) { return vbslq_f32(vcltq_f32(x, y), x, y); }
OCTET_OP Vec max(Vec x, Vec y) { return vbslq_f32(vcgtq_f32(x, y), x, y); }
OCTET_OP float sum_of(Vec x) {
  const float32x2_t half = vadd_f32(vget_low_f32(x), vget_high_f32(x));
  return vget_lane_f32(half, 0) + vget_lane_f32(half, 1);
}
OCTET_OP float greatest_of(Vec x) { return vmaxnmvq_f32(x); }
OCTET_OP uint32x4_t less(Vec x, Vec y) { return vcltq_f32(x, y); }
OCTET_OP uint32x4_t is_nan(Vec x) { return vmvnq_u32(vceqq_f32(x, x)); }
OCTET_OP Vec select(uint32x4_t condition, Vec yes, Vec no) { return vbslq_f32(condition, yes, no); }
OCTET_OP Vec abs(Vec x) { return vabsq_f32(x); }
OCTET_OP Vec negate(Vec x) { return vnegq_f32(x); }
OCTET_OP Vec copy_sign(Vec magnitude, Vec sign) { return vbslq_f32(vdupq_n_u32(0x80000000), sign, magnitude); }

OCTET_OP Vec float_of(Ints x) { return vreinterpretq_f32_s32(x); }
OCTET_OP Ints bits_of(Vec x) { return vreinterpretq_s32_f32(x); }
OCTET_OP Ints to_int(Vec x) { return vcvtnq_s32_f32(x); }  // what is out of range becomes the nearest integer that there is, NaN 0
OCTET_OP Ints truncate(Vec x) { return vcvtq_s32_f32(x); }
OCTET_OP Vec to_float(Ints x) { return vcvtq_f32_s32(x); }

// Integers of other sizes in the same register.
OCTET_OP int16x8_t as_words(Ints x) { return vreinterpretq_s16_s32(x); }
OCTET_OP Ints ints_of(int16x8_t x) { return vreinterpretq_s32_s16(x); }
OCTET_OP uint8x16_t as_bytes(Ints x) { return vreinterpretq_u8_s32(x); }
OCTET_OP Ints ints_of(uint8x16_t x) { return vreinterpretq_s32_u8(x); }

OCTET_OP Ints set_ints(std::int32_t value) { return vdupq_n_s32(value); }
OCTET_OP Ints set_words(std::int16_t value) { return ints_of(vdupq_n_s16(value)); }
OCTET_OP Ints load_ints(const void* from) { return ints_of(vld1q_u8(static_cast<const std::uint8_t*>(from))); }
// 32 bits in every lane.
OCTET_OP Ints load_group(const void* from) {
  std::int32_t group;
  std::memcpy(&group, from, sizeof group);
  return vdupq_n_s32(group);
}
OCTET_OP void store_ints(void* to, Ints x) { vst1q_u8(static_cast<std::uint8_t*>(to), as_bytes(x)); }
OCTET_OP Ints load_shorts(const std::int16_t* from) { return vmovl_s16(vld1_s16(from)); }
OCTET_OP Ints load_bytes(const std::uint8_t* from) {
  std::uint32_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(vreinterpret_u8_u32(vdup_n_u32(bytes))))));
}

// The first `count` bytes, all where there are more.
OCTET_OP void store_half(std::uint8_t* to, Half bytes, std::int64_t count) {
  if (count >= 8) return vst1_u8(to, bytes);
  std::uint64_t left = vget_lane_u64(vreinterpret_u64_u8(bytes), 0);
  if (count & 4) {
    std::memcpy(to, &left, 4);
    left >>= 32;
    to += 4;
  }
  if (count & 2) {
    std::memcpy(to, &left, 2);
    left >>= 16;
    to += 2;
  }
  if (count & 1) *to = static_cast<std::uint8_t>(left);
}
OCTET_OP void store_first_bytes(std::uint8_t* to, Ints x, std::int64_t count) {
  const int16x4_t words = vmovn_s32(x);
  store_half(to, vmovn_u16(vreinterpretq_u16_s16(vcombine_s16(words, words))), count);
}
OCTET_OP void store_bytes(std::uint8_t* to, Ints x) { store_first_bytes(to, x, kLanes); }

template <int kCount>
OCTET_OP Ints shift_left(Ints x) {
  return vshlq_n_s32(x, kCount);
}
template <int kCount>
OCTET_OP Ints shift_right(Ints x) {
  return vshrq_n_s32(x, kCount);
}
OCTET_OP Ints add_ints(Ints x, Ints y) { return vaddq_s32(x, y); }
OCTET_OP Ints multiply_ints(Ints x, Ints y) { return vmulq_s32(x, y); }
OCTET_OP Ints subtract_ints(Ints x, Ints y) { return vsubq_s32(x, y); }
OCTET_OP Ints add_words(Ints x, Ints y) { return ints_of(vqaddq_s16(as_words(x), as_words(y))); }
OCTET_OP Ints add_word_products(Ints sums, Ints x, Ints y) {
  const int16x8_t a = as_words(x), b = as_words(y);
  return vaddq_s32(sums, vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), vmull_high_s16(a, b)));
}

using Words = Ints;
inline constexpr int kWords = 2 * kLanes;
OCTET_OP Words load_words(const std::uint8_t* from) { return vreinterpretq_s32_u16(vmovl_u8(vld1_u8(from))); }
OCTET_OP Words load_words(const std::int16_t* from) { return load_ints(from); }
OCTET_OP void store_words(std::int16_t* to, Words x) { store_ints(to, x); }
OCTET_OP Words sum_words(Words x, Words y) { return ints_of(vaddq_s16(as_words(x), as_words(y))); }
OCTET_OP Words difference_words(Words x, Words y) { return ints_of(vsubq_s16(as_words(x), as_words(y))); }
template <int kCount>
OCTET_OP Words double_words(Words x) {
  return ints_of(vshlq_n_s16(as_words(x), kCount));
}

OCTET_OP Ints min_bytes(Ints x, Ints y) { return ints_of(vminq_u8(as_bytes(x), as_bytes(y))); }
OCTET_OP Ints max_bytes(Ints x, Ints y) { return ints_of(vmaxq_u8(as_bytes(x), as_bytes(y))); }

OCTET_OP Ints pack_words(Ints a, Ints b) { return ints_of(vqmovn_high_s32(vqmovn_s32(a), b)); }
OCTET_OP Ints pack_bytes(Ints a, Ints b) { return ints_of(vqmovun_high_s16(vqmovun_s16(as_words(a)), as_words(b))); }
OCTET_OP Ints in_order(Ints packed) { return packed; }

OCTET_OP Half low_half(Ints x) { return vget_low_u8(as_bytes(x)); }
OCTET_OP Half high_half(Ints x) { return vget_high_u8(as_bytes(x)); }

OCTET_OP void store_quarters(std::uint8_t* to, std::int64_t stride, Ints bytes, int rows, std::int64_t count) {
  const Half quarters[4] = {low_half(bytes), vext_u8(low_half(bytes), low_half(bytes), 4), high_half(bytes),
                            vext_u8(high_half(bytes), high_half(bytes), 4)};
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r, to += stride)
    if (r < rows) count >= kLanes ? store_half(to, quarters[r], kLanes) : store_half(to, quarters[r], count);
}

OCTET_OP Ints opaque_copy(Ints x) {
  asm("" : "+w"(x));
  return x;
}

#include "kernels/vec_shared.inl"

#undef OCTET_TARGET

}  // namespace octet::kernels::neon
