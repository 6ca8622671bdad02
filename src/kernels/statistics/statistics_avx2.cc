// Totals of a block of channels stay in registers for a whole run of pixels, so that each value is read once and nothing is
// written in between.
#include <algorithm>
#include <array>

#include "base/cpu.h"
#include "kernels/intrinsics.h"
#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels::avx2 {
namespace {

constexpr std::int64_t kLanes = 8;

// How vectors of channels meet memory: all lanes, or the first ones alone.
struct AllLanes {
  OCTET_AVX2 __m256 load(const float* from) const { return _mm256_loadu_ps(from); }
  OCTET_AVX2 void store(float* to, __m256 x) const { _mm256_storeu_ps(to, x); }
};

struct FirstLanes {
  __m256i mask;

  OCTET_AVX2 explicit FirstLanes(std::int64_t count)
      : mask(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))) {}
  OCTET_AVX2 __m256 load(const float* from) const { return _mm256_maskload_ps(from, mask); }
  OCTET_AVX2 void store(float* to, __m256 x) const { _mm256_maskstore_ps(to, mask, x); }
};

OCTET_AVX2 void add_sums(const std::array<float, kLanes>& sums, std::int64_t count, double* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] += static_cast<double>(sums[static_cast<std::size_t>(i)]);
}

// The first `count` channels, which take kVectors vectors.
template <int kVectors, class Lanes>
OCTET_AVX2 void add_block(const ImageView<const float>& in, const TotalsAt& totals, std::int64_t count, const Lanes lanes) {
  __m256 min[kVectors], max[kVectors], sum[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    min[v] = lanes.load(totals.min + v * kLanes);
    max[v] = lanes.load(totals.max + v * kLanes);
    sum[v] = _mm256_setzero_ps();
  }
  const float* from = in.data;
  for (std::int64_t i = 0; i < in.width; ++i, from += in.pixel_stride)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const __m256 x = lanes.load(from + v * kLanes);
      min[v] = _mm256_min_ps(x, min[v]);  // this operand order keeps the totals from NaN
      max[v] = _mm256_max_ps(x, max[v]);
      sum[v] = _mm256_add_ps(sum[v], x);
    }
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    lanes.store(totals.min + v * kLanes, min[v]);
    lanes.store(totals.max + v * kLanes, max[v]);
    alignas(32) std::array<float, kLanes> sums;
    _mm256_store_ps(sums.data(), sum[v]);
    add_sums(sums, std::min(kLanes, count - v * kLanes), totals.sum + v * kLanes);
  }
}

}  // namespace

OCTET_AVX2 void add_run_f32(ImageView<const float> in, TotalsAt totals) {
  std::int64_t left = in.channels;
  const auto take = [&](std::int64_t channels) { in.data += channels, totals = totals.from(channels), left -= channels; };
  for (; left >= 4 * kLanes; take(4 * kLanes)) add_block<4>(in, totals, 4 * kLanes, AllLanes{});
  for (; left >= kLanes; take(kLanes)) add_block<1>(in, totals, kLanes, AllLanes{});
  if (left > 0) add_block<1>(in, totals, left, FirstLanes(left));
}

}  // namespace octet::kernels::avx2
