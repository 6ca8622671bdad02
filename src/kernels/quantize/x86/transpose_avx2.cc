// Planes <-> pixels, in squares of eight channels by eight pixels; three channels, the input of a detector, have a way of their own.
#include <algorithm>
#include <array>

#include "kernels/quantize/quantize_kernels.h"
#include "kernels/x86/vec_avx2.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {
namespace {

constexpr std::int64_t kSquare = 8;

OCTET_OP void transpose(Vec (&rows)[8]) {
  Vec pairs[8], quads[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm256_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
    pairs[2 * i + 1] = _mm256_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
  }
#pragma GCC unroll 2
  for (int half = 0; half < 2; ++half) {
    const int at = 4 * half;
    quads[at] = _mm256_shuffle_ps(pairs[at], pairs[at + 2], _MM_SHUFFLE(1, 0, 1, 0));
    quads[at + 1] = _mm256_shuffle_ps(pairs[at], pairs[at + 2], _MM_SHUFFLE(3, 2, 3, 2));
    quads[at + 2] = _mm256_shuffle_ps(pairs[at + 1], pairs[at + 3], _MM_SHUFFLE(1, 0, 1, 0));
    quads[at + 3] = _mm256_shuffle_ps(pairs[at + 1], pairs[at + 3], _MM_SHUFFLE(3, 2, 3, 2));
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    rows[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
  }
}

OCTET_OP void store_some(float* to, Vec x, std::int64_t count) {
  if (count >= kSquare) return store(to, x);
  __m128 rest = _mm256_castps256_ps128(x);
  if (count & 4) {
    _mm_storeu_ps(to, rest);
    rest = _mm256_extractf128_ps(x, 1);
    to += 4;
  }
  if (count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(to), rest);
    rest = _mm_movehl_ps(rest, rest);
    to += 2;
  }
  if (count & 1) _mm_store_ss(to, rest);
}

// Eight values of channel c, from pixel x on, scaled and shifted.
OCTET_OP Vec scaled_8(const PlanarPixels& in, const ScaleShift& how, std::int64_t x, std::int64_t c) {
  const Vec values = load(in.data + c * in.plane_stride + x);
  return how.scale.empty() ? values : fma(values, set(how.scale[c]), set(how.offset[c]));
}

OCTET_OP void interleave_square(const PlanarPixels& in, const ScaleShift& how, std::int64_t x, std::int64_t c, float* out,
                                std::int64_t pixel_stride) {
  const std::int64_t count = std::min(kSquare, in.channels - c);
  Vec rows[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) rows[i] = i < count ? scaled_8(in, how, x, c + i) : set(0.0f);
  transpose(rows);
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) store_some(out + (x + i) * pixel_stride + c, rows[i], count);
}

// Floats 8 * kPiece to 8 * kPiece + 7 of eight pixels of three channels: the one at `at` is of pixel at / 3 and of channel at % 3.
template <int kPiece>
OCTET_OP Vec piece_of_three(const Vec (&channels)[3]) {
  static constexpr auto kPixels = [] {
    std::array<std::int32_t, 8> pixels{};
    for (int i = 0; i < 8; ++i) pixels[i] = (8 * kPiece + i) / 3;
    return pixels;
  }();
  constexpr auto lanes_of = [](int channel) {
    int lanes = 0;
    for (int i = 0; i < 8; ++i) lanes |= ((8 * kPiece + i) % 3 == channel ? 1 : 0) << i;
    return lanes;
  };
  const Ints from = load_ints(kPixels.data());
  const Vec first = _mm256_permutevar8x32_ps(channels[0], from), second = _mm256_permutevar8x32_ps(channels[1], from);
  return _mm256_blend_ps(_mm256_blend_ps(first, second, lanes_of(1)), _mm256_permutevar8x32_ps(channels[2], from), lanes_of(2));
}

// Eight pixels at a time; how many that are.
OCTET_TARGET std::int64_t interleave_three(const PlanarPixels& in, const ScaleShift& how, float* out) {
  std::int64_t x = 0;
  for (; x + kSquare <= in.pixels; x += kSquare, out += 3 * kSquare) {
    const Vec channels[3] = {scaled_8(in, how, x, 0), scaled_8(in, how, x, 1), scaled_8(in, how, x, 2)};
    store(out, piece_of_three<0>(channels));
    store(out + kSquare, piece_of_three<1>(channels));
    store(out + 2 * kSquare, piece_of_three<2>(channels));
  }
  return x;
}

OCTET_TARGET std::int64_t interleave_squares(const PlanarPixels& in, const ScaleShift& how, float* out, std::int64_t pixel_stride) {
  std::int64_t x = 0;
  for (; x + kSquare <= in.pixels; x += kSquare)
    for (std::int64_t c = 0; c < in.channels; c += kSquare) interleave_square(in, how, x, c, out, pixel_stride);
  return x;
}

// Whether pixels lie together and have three channels.
bool are_three(const PlanarPixels& in, std::int64_t pixel_stride) { return in.channels == 3 && pixel_stride == 3; }

// The pixels from x on.
PlanarPixels from_pixel(PlanarPixels in, std::int64_t x) {
  in.data += x;
  in.pixels -= x;
  return in;
}

// 32 bytes of channel c, from pixel x on.
OCTET_OP Ints quantized_32(const PlanarPixels& in, const ScaleShift& how, std::uint8_t zero_point, std::int64_t x, std::int64_t c) {
  const Vec zero = set(zero_point), lowest = lowest_u8(zero), highest = highest_u8(zero);
  Ints q[4];
#pragma GCC unroll 4
  for (int part = 0; part < 4; ++part) q[part] = round_between(scaled_8(in, how, x + 8 * part, c), lowest, highest);
  return bytes_of(q, set_words(zero_point));
}

// Where byte `place` of piece `piece` of 16 interleaved bytes comes from, if channel `c` is asked: 0..15, or -1 (zero).
constexpr std::array<std::array<std::array<std::int8_t, 16>, 3>, 3> interleaving_of_three() {
  std::array<std::array<std::array<std::int8_t, 16>, 3>, 3> from{};
  for (int piece = 0; piece < 3; ++piece)
    for (int c = 0; c < 3; ++c)
      for (int place = 0; place < 16; ++place) {
        const int at = 16 * piece + place;
        from[piece][c][place] = static_cast<std::int8_t>(at % 3 == c ? at / 3 : -1);
      }
  return from;
}

// 16 pixels of three channels into 48 bytes.
OCTET_OP void store_three(__m128i a, __m128i b, __m128i c, std::uint8_t* out) {
  static constexpr auto kFrom = interleaving_of_three();
  const __m128i channels[3] = {a, b, c};
#pragma GCC unroll 3
  for (int piece = 0; piece < 3; ++piece) {
    __m128i bytes = _mm_setzero_si128();
#pragma GCC unroll 3
    for (int channel = 0; channel < 3; ++channel) {
      const __m128i from = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kFrom[piece][channel].data()));
      bytes = _mm_or_si128(bytes, _mm_shuffle_epi8(channels[channel], from));
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 16 * piece), bytes);
  }
}

OCTET_TARGET std::int64_t interleave_three(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point,
                                           std::uint8_t* out) {
  std::int64_t x = 0;
  for (; x + 32 <= in.pixels; x += 32, out += 96) {
    const Ints a = quantized_32(in, how, zero_point[0], x, 0), b = quantized_32(in, how, zero_point[1], x, 1);
    const Ints c = quantized_32(in, how, zero_point[2], x, 2);
    store_three(low_half(a), low_half(b), low_half(c), out);
    store_three(high_half(a), high_half(b), high_half(c), out + 48);
  }
  return x;
}

// Other numbers of channels or strides: quantized 32 pixels of a channel at a time, stored one by one.
OCTET_TARGET std::int64_t scatter_channels(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point,
                                           std::uint8_t* out, std::int64_t pixel_stride) {
  alignas(32) std::array<std::uint8_t, 32> values;
  std::int64_t x = 0;
  for (; x + 32 <= in.pixels; x += 32)
    for (std::int64_t c = 0; c < in.channels; ++c) {
      store_ints(values.data(), quantized_32(in, how, zero_point[c], x, c));
      for (std::int64_t i = 0; i < 32; ++i) out[(x + i) * pixel_stride + c] = values[i];
    }
  return x;
}

}  // namespace

void interleave(const PlanarPixels& in, const ScaleShift& how, float* out, std::int64_t pixel_stride) {
  const std::int64_t x = are_three(in, pixel_stride) ? interleave_three(in, how, out) : interleave_squares(in, how, out, pixel_stride);
  portable::interleave(from_pixel(in, x), how, out + x * pixel_stride, pixel_stride);
}

void interleave_quantized(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point, std::uint8_t* out,
                          std::int64_t pixel_stride) {
  const std::int64_t x =
      are_three(in, pixel_stride) ? interleave_three(in, how, zero_point, out) : scatter_channels(in, how, zero_point, out, pixel_stride);
  portable::interleave_quantized(from_pixel(in, x), how, zero_point, out + x * pixel_stride, pixel_stride);
}

namespace {

// Reads eight channels of a pixel even where fewer are left: images have kReadSlack bytes behind them.
OCTET_OP void separate_square(const float* in, std::int64_t pixel_stride, std::int64_t count, float* out, std::int64_t plane_stride) {
  Vec rows[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) rows[i] = load(in + i * pixel_stride);
  transpose(rows);
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i)
    if (i < count) store(out + i * plane_stride, rows[i]);
}

}  // namespace

// Some pixels, which stay in the first cache, at a time: their part of a plane is whole cache lines.
OCTET_TARGET void separate(const float* in, std::int64_t pixel_stride, std::int64_t pixels, std::int64_t channels, float* out,
                           std::int64_t plane_stride) {
  constexpr std::int64_t kAtOnce = 4 * kSquare;
  const std::int64_t squared = pixels / kSquare * kSquare;
  for (std::int64_t first = 0; first < squared; first += kAtOnce)
    for (std::int64_t c = 0; c < channels; c += kSquare)
      for (std::int64_t x = first; x < std::min(first + kAtOnce, squared); x += kSquare)
        separate_square(in + x * pixel_stride + c, pixel_stride, std::min(kSquare, channels - c), out + c * plane_stride + x, plane_stride);
  portable::separate(in + squared * pixel_stride, pixel_stride, pixels - squared, channels, out + squared, plane_stride);
}

}  // namespace octet::kernels::avx2
