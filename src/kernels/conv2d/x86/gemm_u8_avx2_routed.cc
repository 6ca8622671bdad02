// Integer matrix product with AVX2: 4 rows by 2 registers of 8 channels, four or eight products of bytes a step where 16 bits hold their
// sums.
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2_routed {
namespace {

using namespace avx2;  // its vectors and activations

constexpr int kTileRows = 4;

// In memory: sums, weights and inputs of a step take all sixteen registers.
alignas(32) constexpr std::int16_t kOnes[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

// Each is one opaque step: left to itself GCC computes the products early and spills the sums.
OCTET_OP Ints add_single(Ints acc, Ints x, Ints w) {
  Ints product;
  asm("vpmaddubsw %3, %2, %1\n\tvpmaddwd %4, %1, %1\n\tvpaddd %1, %0, %0" : "+x"(acc), "=&x"(product) : "x"(x), "x"(w), "m"(kOnes));
  return acc;
}
OCTET_OP Ints add_pair(Ints acc, Ints x, Ints y, Ints w, Ints v) {
  Ints first, second;
  asm("vpmaddubsw %5, %3, %1\n\tvpmaddubsw %6, %4, %2\n\tvpaddw %2, %1, %1\n\tvpmaddwd %7, %1, %1\n\tvpaddd %1, %0, %0"
      : "+x"(acc), "=&x"(first), "=&x"(second)
      : "x"(x), "x"(y), "x"(w), "x"(v), "m"(kOnes));
  return acc;
}
OCTET_OP Ints add_words_of(Ints acc, Ints x, Ints w) {
  Ints product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(acc), "=&x"(product) : "x"(x), "x"(w));
  return acc;
}

// Shuffles the four bytes of every lane.
struct alignas(32) LaneShuffle {
  std::uint8_t places[sizeof(Ints)];
};
constexpr LaneShuffle shuffle_of(int pairing) {
  LaneShuffle shuffle{};
  for (std::size_t i = 0; i < sizeof(Ints); ++i) shuffle.places[i] = static_cast<std::uint8_t>(i % 16 / 4 * 4 + kPairing[pairing][i % 4]);
  return shuffle;
}
constexpr LaneShuffle kShuffles[kPairings] = {shuffle_of(0), shuffle_of(1), shuffle_of(2)};

// 4 bytes in every lane.
OCTET_OP Ints broadcast(const std::uint8_t* from) {
  std::int32_t group;
  std::memcpy(&group, from, sizeof group);
  return set_ints(group);
}

constexpr int kRegister = sizeof(Ints);

template <int kCount>
OCTET_OP void load_weights(const std::int8_t*& from, Ints (&w)[kCount]) {
#pragma GCC unroll 4
  for (int i = 0; i < kCount; ++i) w[i] = load_ints(from + i * kRegister);
  from += kCount * kRegister;
}

template <int kPairingOfAll, int kRows, int kVectors>
OCTET_OP void add_singles(std::int32_t count, const std::uint8_t* run, std::int64_t stride, const std::int32_t*& place,
                          const std::int8_t*& weights, Ints (&acc)[kRows][kVectors]) {
  for (; count > 0; --count, ++place) {
    const std::uint8_t* x = run + *place;
    Ints w[kVectors];
    load_weights(weights, w);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      Ints a = broadcast(x + r * stride);
      if constexpr (kPairingOfAll != 0) a = _mm256_shuffle_epi8(a, load_ints(kShuffles[kPairingOfAll].places));
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) acc[r][v] = add_single(acc[r][v], a, w[v]);
    }
  }
}

// Two groups a step: added up before they are widened in the vectors whose bit is set in kFits, one by one in the others.
template <unsigned kFits, int kRows, int kVectors>
OCTET_OP void add_pairs(std::int32_t count, const std::uint8_t* run, std::int64_t stride, const std::int32_t*& place,
                        const std::int8_t*& weights, Ints (&acc)[kRows][kVectors]) {
  for (; count > 0; --count, place += 2) {
    const std::uint8_t *x = run + place[0], *y = run + place[1];
    Ints w[2 * kVectors];
    load_weights(weights, w);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const Ints a = broadcast(x + r * stride), b = broadcast(y + r * stride);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v)
        acc[r][v] = (kFits >> v & 1) != 0 ? add_pair(acc[r][v], a, b, w[v], w[kVectors + v])
                                          : add_single(add_single(acc[r][v], a, w[v]), b, w[kVectors + v]);
    }
  }
}

// acc + the products of kRows rows from `row` on.
template <int kRows, int kVectors>
OCTET_OP void add_products(const GemmU8& gemm, std::int64_t row, Ints (&acc)[kRows][kVectors]) {
  const std::int64_t stride = gemm.a_stride;
  const auto* run = static_cast<const std::uint8_t*>(gemm.a) + row * stride;
  const auto* weights = static_cast<const std::int8_t*>(gemm.weights);
  const GroupRoutes* routes = gemm.routes;
  const std::int32_t* place = gemm.places;
  for (std::int64_t left = gemm.groups; left > 0; left -= gemm.run_groups, run += gemm.run_step, ++routes) {
    add_pairs<3>(routes->pairs, run, stride, place, weights, acc);
    if constexpr (kVectors == 2) {
      add_pairs<1>(routes->half_pairs[0], run, stride, place, weights, acc);
      add_pairs<2>(routes->half_pairs[1], run, stride, place, weights, acc);
    }
    add_singles<0>(routes->singles[0], run, stride, place, weights, acc);
    add_singles<1>(routes->singles[1], run, stride, place, weights, acc);
    add_singles<2>(routes->singles[2], run, stride, place, weights, acc);
    for (std::int32_t i = routes->wides; i > 0; --i, ++place) {
      const std::uint8_t* x = run + *place;
      Ints w[2 * kVectors];
      load_weights(weights, w);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        const Ints a = broadcast(x + r * stride);
        const Ints even = _mm256_and_si256(a, set_words(255)), odd = _mm256_srli_epi16(a, 8);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) acc[r][v] = add_words_of(add_words_of(acc[r][v], even, w[v]), odd, w[kVectors + v]);
      }
    }
  }
}

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/gemm_u8_tiles.inl"

#include "kernels/conv2d/gemm_u8_run.inl"

}  // namespace octet::kernels::avx2_routed
