// Depthwise convolutions of u8 with AVX2: two taps in 16 bits a vpmaddwd, which is exact for any weights. A step is 16
// channels, in two vectors of sums, or 8 where no more are left.
#include <utility>

#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/depthwise2d/x86/depthwise2d_vectors_avx2.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {
namespace {

using depthwise::U8Constants;

// The vectors of a block, for depthwise2d_u8.inl.
template <int kCount>
struct Ymms {
  using Int = Ints;
  using Float = Vec;
  static constexpr int kGroups = kCount, kLanes = 8, kChannels = kGroups * kLanes, kPixels = 1;

  OCTET_OP static Vec load_f32(const float* from) { return load(from); }
  OCTET_OP static void store_f32(float* to, Vec x) { store(to, x); }
  OCTET_OP static Vec to_float(Ints x) { return avx2::to_float(x); }
  OCTET_OP static Vec fma(Vec a, Vec b, Vec c) { return avx2::fma(a, b, c); }
  OCTET_OP static Vec broadcast(float value) { return set(value); }
  OCTET_OP static Vec mul(Vec a, Vec b) { return avx2::mul(a, b); }
  OCTET_OP static Vec min(Vec a, Vec b) { return avx2::min(a, b); }
  OCTET_OP static Vec max(Vec a, Vec b) { return avx2::max(a, b); }
  using Bundle = bundle::Vec;
  static constexpr int kParts = bundle::kParts;
  template <Activation::Kind kKind>
  OCTET_OP static Bundle activate(const Bundle& x, float a, float b) {
    return bundle::activate_number<kKind>(x, bundle::set(a), bundle::set(b));
  }
};

OCTET_OP Half load_half(const void* from) { return _mm_loadu_si128(static_cast<const Half*>(from)); }
OCTET_OP Half load_quarter(const void* from) { return _mm_loadl_epi64(static_cast<const Half*>(from)); }
OCTET_OP Half twice(Half quarter) { return _mm_unpacklo_epi64(quarter, quarter); }

// Two pixels of 8 channels, one behind the other.
OCTET_OP Half results_of_two(const U8Constants<8>& constants, Vec first, Vec second) {
  const Ints zero_point = _mm256_permute4x64_epi64(_mm256_castsi128_si256(load_half(constants.zero_point)), _MM_SHUFFLE(1, 1, 0, 0));
  const Ints quantized = add_words(pack_words(to_int(first), to_int(second)), zero_point);
  const Half bytes = _mm_packus_epi16(low_half(quantized), high_half(quantized));
  const Half ordered = _mm_shuffle_epi32(bytes, _MM_SHUFFLE(3, 1, 2, 0));
  return _mm_min_epu8(_mm_max_epu8(ordered, twice(load_quarter(constants.lowest_u8))), twice(load_quarter(constants.highest_u8)));
}

// As depthwise2d_u8.inl wants them, of blocks of 8 and of 16 channels.
template <class>
OCTET_OP void store_rounded(const U8Constants<8>& constants, const Vec (&real)[1], int channels, depthwise::StoredPixels<std::uint8_t> to) {
  const Half result = results_of_two(constants, real[0], real[0]);
  if (channels == 8) return _mm_storel_epi64(reinterpret_cast<Half*>(to.first), result);
  store_some(to.first, result, channels);
}
template <class>
OCTET_OP void store_two(const U8Constants<8>& constants, const Vec (&first)[1], const Vec (&second)[1], std::uint8_t* out,
                        std::int64_t out_step) {
  const __m128d result = _mm_castsi128_pd(results_of_two(constants, first[0], second[0]));
  _mm_storel_pd(reinterpret_cast<double*>(out), result);
  _mm_storeh_pd(reinterpret_cast<double*>(out + out_step), result);
}

template <class>
OCTET_OP void store_rounded(const U8Constants<16>& constants, const Vec (&real)[2], int channels,
                            depthwise::StoredPixels<std::uint8_t> to) {
  const Ints quantized = add_words(pack_words(to_int(real[0]), to_int(real[1])), load_ints(constants.zero_point));
  const Half bytes = _mm_packus_epi16(low_half(quantized), high_half(quantized));
  const Half result = _mm_min_epu8(_mm_max_epu8(bytes, load_half(constants.lowest_u8)), load_half(constants.highest_u8));
  if (channels == 16) return _mm_storeu_si128(reinterpret_cast<Half*>(to.first), result);
  store_some(to.first, result, channels);
}
template <class>
OCTET_OP void store_two(const U8Constants<16>& constants, const Vec (&first)[2], const Vec (&second)[2], std::uint8_t* out,
                        std::int64_t out_step) {
  const Ints zero_point = load_ints(constants.zero_point);
  const Ints mixed = pack_bytes(add_words(pack_words(to_int(first[0]), to_int(first[1])), zero_point),
                                add_words(pack_words(to_int(second[0]), to_int(second[1])), zero_point));
  const Ints bytes = _mm256_permute4x64_epi64(mixed, _MM_SHUFFLE(3, 1, 2, 0));
  const Ints lowest = _mm256_broadcastsi128_si256(load_half(constants.lowest_u8)),
             highest = _mm256_broadcastsi128_si256(load_half(constants.highest_u8));
  const Ints result = min_bytes(max_bytes(bytes, lowest), highest);
  _mm_storeu_si128(reinterpret_cast<Half*>(out), low_half(result));
  _mm_storeu_si128(reinterpret_cast<Half*>(out + out_step), high_half(result));
}

}  // namespace

#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_columns.inl"
#include "kernels/depthwise2d/depthwise2d_u8.inl"

namespace {

#include "kernels/depthwise2d/depthwise2d_pairs.inl"

template <int kBlock>
struct Pairs : PairsOfTaps<kBlock> {
  static constexpr auto kLaneOrder = depthwise::LaneOrder::kByQuads;
  static constexpr auto kTapOrder = depthwise::TapOrder::kTwoColumns;
  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    return rows_by_columns<Pairs, Finish>();
  }

  template <int kTaps>
  OCTET_OP static void read(const std::uint8_t* const* taps, Ints (&q)[1][kBlock / kLanes]) {
    static_assert(kTaps == Pairs::kTapsAtOnce);
    if constexpr (kBlock == 8) {
      q[0][0] = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(load_quarter(taps[0]), load_quarter(taps[1])));
    } else {
      const Ints a = load_words(taps[0]), b = load_words(taps[1]);
      q[0][0] = _mm256_unpacklo_epi16(a, b);
      q[0][1] = _mm256_unpackhi_epi16(a, b);
    }
  }
  // One opaque step: left to itself GCC computes the products early and spills the sums.
  OCTET_OP static Ints dot(Ints sum, Ints x, const Ints& w) {
    Ints product;
    asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(sum), "=&x"(product) : "x"(x), "m"(w));
    return sum;
  }
};

constexpr depthwise::U8Kernels kKernels[] = {kernels_of<Ymms<2>, Pairs<16>>(), kernels_of<Ymms<1>, Pairs<8>>()};

}  // namespace

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return depthwise::make_packed_u8(isa, kKernels, shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::avx2
