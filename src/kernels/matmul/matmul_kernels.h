#pragma once

#include "kernels/conv2d/gemm_f32.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// The tiles of convolutions, on factors that are both computed.
struct MatmulF32Kernels {
  static constexpr std::string_view kOp = "matmul_f32";
  static constexpr double kTolerance = 256.0 / (1 << 24);
  static constexpr Kernel<GemmF32Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_12x32", kAvx512, {16, 12, 4, avx512::gemm_f32}},
      {"avx2_6x16", kAvx2, {8, 6, 3, avx2::gemm_f32}},
#endif
#ifdef OCTET_ARM
      {"neon_12x8", kNeon, {4, 12, 4, neon::gemm_f32}},
#endif
      {"portable_4x8", {}, {4, 4, 2, portable::gemm_f32}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
