#pragma once

#include "kernels/conv2d/gemm_u8.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// The tiles of convolutions: with 16-bit operands, as both factors may have a zero point, or with bytes where sums of rows can be added.
struct MatmulU8Kernels {
  static constexpr std::string_view kOp = "matmul_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<GemmU8Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_amx_32x32", kAvx512Amx, {16, 16, false, avx512_amx::gemm_u8, false, true}},
      {"avx512_s16_12x32", kAvx512, {16, 12, true, avx512::gemm_u8}},
      {"avx2_s16_6x16", kAvx2, {8, 6, true, avx2::gemm_u8}},
#endif
#ifdef OCTET_ARM
      {"neon_i8mm_8x8", kNeonI8mm, {.lanes = 4, .tile_rows = 8, .wide = false, .run = neon_i8mm::gemm_u8, .eights = true}},
      {"neon_dotprod_8x8", kNeonDotprod, {.lanes = 4, .tile_rows = 8, .wide = false, .run = neon_dotprod::gemm_u8, .taken_off = 128}},
      {"neon_s16_8x8", kNeon, {4, 8, true, neon::gemm_u8}},
#endif
      {"portable_s16_4x8", {}, {4, 4, true, portable::gemm_u8}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
