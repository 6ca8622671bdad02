#pragma once

#include <cstdint>

#include "kernels/bf16.h"
#include "kernels/conv2d/gemm_f32.h"

namespace octet::kernels {

// The product of gemm_f32.h of factors that are rounded to Bf16; runs and depth are even. A product of two factors is exact in a float;
// sums are floats that are rounded to the nearest, two products a step, in blocks of kSumBlock. Which of the two is added first, and
// whether their sum is rounded before, is left to the CPU.
using GemmBf16 = GemmOf<Bf16>;

struct GemmBf16Function {
  using Factor = Bf16;
  static constexpr int kGroup = 2;

  int lanes, tile_rows, most_vectors;
  void (*run)(const GemmBf16&);
  // Rounds `count` numbers, and writes up to kCopySlackBytes - 1 bytes more.
  void (*copy)(const float* from, std::int64_t count, Bf16* to);
};

namespace avx512_bf16 {
void gemm_bf16(const GemmBf16& gemm);
void round_run(const float* from, std::int64_t count, Bf16* to);
}  // namespace avx512_bf16
namespace portable {
void gemm_bf16(const GemmBf16& gemm);
void round_run(const float* from, std::int64_t count, Bf16* to);
}  // namespace portable

}  // namespace octet::kernels
