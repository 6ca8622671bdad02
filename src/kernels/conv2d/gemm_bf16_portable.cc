// The product of bfloat16 in plain C++: what a CPU without instructions for it is compared with.
#include <algorithm>
#include <cstdint>

#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_bf16.h"

namespace octet::kernels::portable {
namespace {

constexpr int kLanes = 4;

// The sum of a row for one channel, which is lane `channel` of the panel.
float sum_of(const GemmBf16& gemm, const Bf16* a, std::int64_t channel) {
  const std::int64_t width = std::int64_t{gemm.vectors} * kLanes;
  float sum = gemm.bias[channel];
  for (std::int64_t k = 0; k < gemm.depth;) {
    float block = 0;
    for (const std::int64_t end = std::min(k + kSumBlock, gemm.depth); k < end; ++k) {
      const Bf16 x = a[k / gemm.run * gemm.run_step + k % gemm.run], w = gemm.weights[(k / 2 * width + channel) * 2 + k % 2];
      block += static_cast<float>(x) * static_cast<float>(w);
    }
    sum += block;
  }
  return sum;
}

}  // namespace

void gemm_bf16(const GemmBf16& gemm) {
  with_kind(gemm.activation.kind, [&](auto kind) {
    for (std::int64_t row = 0; row < gemm.rows; ++row)
      for (std::int64_t c = 0; c < gemm.channels; ++c) {
        const float sum = sum_of(gemm, gemm.a + row * gemm.a_stride, c);
        write_result(gemm, row, c, scalar::activate<kind()>(sum, gemm.activation.a, gemm.activation.b));
      }
  });
}

void round_run(const float* from, std::int64_t count, Bf16* to) {
  std::transform(from, from + count, to, [](float x) { return Bf16(x); });
}

}  // namespace octet::kernels::portable
