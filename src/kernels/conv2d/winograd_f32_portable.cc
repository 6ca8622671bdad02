// Winograd in floats in plain C++: transforms of a channel at a time, products of 4 tiles by 2 vectors of 4 channels, which the compiler
// keeps in SSE registers.
#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/winograd_f32.h"

#define OCTET_TARGET

namespace octet::kernels::portable {
namespace {

using scalar::activate, scalar::add, scalar::mul, scalar::negate, scalar::set;
using Vec = float;
constexpr int kLanes = 1;

OCTET_OP Vec load(const float* from) { return *from; }
OCTET_OP Vec load_first(const float* from, std::int64_t, Vec) { return *from; }
OCTET_OP void store(float* to, Vec x) { *to = x; }
OCTET_OP void store_first(float* to, Vec x, std::int64_t) { *to = x; }
OCTET_OP Vec sub(Vec x, Vec y) { return x - y; }
OCTET_OP Vec fma(Vec x, Vec y, Vec z) { return x * y + z; }  // in two steps: where there is no instruction for it, one is slow

constexpr int kMostTiles = 4, kProductLanes = 4;

template <int kWidth>
void multiply_group(const float* windows, std::int64_t tiles, const float* weights, std::int64_t depth, bool adds, float* sums) {
  if (!adds) std::fill_n(sums, tiles * kWidth, 0.0f);
  for (std::int64_t first = 0; first < depth; first += kWinogradSumBlock) {
    float acc[kMostTiles][kWidth] = {};
    for (std::int64_t k = first; k < std::min(depth, first + kWinogradSumBlock); ++k, windows += tiles, weights += kWidth)
      for (int t = 0; t < kMostTiles; ++t) {
        const float x = windows[std::min<std::int64_t>(t, tiles - 1)];  // tiles beyond the last repeat it
        for (int c = 0; c < kWidth; ++c) acc[t][c] += x * weights[c];
      }
    for (std::int64_t t = 0; t < tiles; ++t)
      for (int c = 0; c < kWidth; ++c) sums[t * kWidth + c] += acc[t][c];
  }
}

}  // namespace

#include "kernels/conv2d/winograd_f32.inl"

void winograd_product_f32(const WinogradProductF32& product) {
  const WinogradGroups& groups = product.groups;
  const auto multiply = product.vectors == 2 ? multiply_group<2 * kProductLanes> : multiply_group<kProductLanes>;
  for (std::int64_t group = 0; group < groups.count(); ++group) {
    const std::int64_t first = groups.first(group), tiles = groups.first(group + 1) - first;
    multiply(product.windows + first * product.depth + product.first * tiles, tiles, product.weights, product.last - product.first,
             product.first > 0, product.sums + first * product.vectors * kProductLanes);
  }
}

}  // namespace octet::kernels::portable
