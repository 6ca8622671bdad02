// Totals of a block of channels stay in registers over many pixels. Wide pixels are taken a few at a time, so that memory is read
// about in its order: that many streams are foreseen by the CPU.
#include <algorithm>

#include "kernels/statistics/statistics_kernels.h"
#include "kernels/x86/intrinsics.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {
namespace {

constexpr std::int64_t kLanes = 8, kBlockVectors = 4;
constexpr std::int64_t kWidePixels = 8;

// How vectors of channels meet memory: all lanes, or the first ones alone.
struct AllLanes {
  OCTET_TARGET __m256 load(const float* from) const { return _mm256_loadu_ps(from); }
  OCTET_TARGET void store(float* to, __m256 x) const { _mm256_storeu_ps(to, x); }
};

struct FirstLanes {
  __m256i mask;

  OCTET_TARGET explicit FirstLanes(std::int64_t count)
      : mask(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))) {}
  OCTET_TARGET __m256 load(const float* from) const { return _mm256_maskload_ps(from, mask); }
  OCTET_TARGET void store(float* to, __m256 x) const { _mm256_maskstore_ps(to, mask, x); }
};

// The channels of kVectors vectors.
template <int kVectors, class Lanes = AllLanes>
OCTET_TARGET void add_block(const ImageView<const float>& in, const RunTotals& totals, const Lanes lanes = {}) {
  __m256 min[kVectors], max[kVectors], sum[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    min[v] = lanes.load(totals.min + v * kLanes);
    max[v] = lanes.load(totals.max + v * kLanes);
    sum[v] = lanes.load(totals.sum + v * kLanes);
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
    lanes.store(totals.sum + v * kLanes, sum[v]);
  }
}

OCTET_TARGET void add_vectors(std::int64_t vectors, const ImageView<const float>& in, const RunTotals& totals) {
  switch (vectors) {
    case 4:
      return add_block<4>(in, totals);
    case 3:
      return add_block<3>(in, totals);
    case 2:
      return add_block<2>(in, totals);
    case 1:
      return add_block<1>(in, totals);
    default:
      return;
  }
}

OCTET_TARGET void add_all_channels(ImageView<const float> in, RunTotals totals) {
  while (in.channels >= kLanes) {
    const std::int64_t vectors = std::min(kBlockVectors, in.channels / kLanes), channels = vectors * kLanes;
    add_vectors(vectors, in, totals);
    in.data += channels;
    in.channels -= channels;
    totals = totals.from(channels);
  }
  if (in.channels > 0) add_block<1>(in, totals, FirstLanes(in.channels));
}

}  // namespace

OCTET_TARGET void add_run_f32(ImageView<const float> in, RunTotals totals) {
  const std::int64_t step = in.channels > kBlockVectors * kLanes ? kWidePixels : in.width;
  for (std::int64_t first = 0; first < in.width; first += step)
    add_all_channels({in.pixel(0, first), 1, std::min(step, in.width - first), in.channels, in.pixel_stride}, totals);
}

}  // namespace octet::kernels::avx2
