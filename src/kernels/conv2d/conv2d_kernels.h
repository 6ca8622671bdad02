#pragma once

#include <span>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

struct Conv2dF32Kernels {
  static constexpr std::string_view kOp = "conv2d_f32";
  static constexpr double kTolerance = 256.0 / (1 << 24);  // more roundings of 2^-24 than any sum of the checks has
  static constexpr Kernel<GemmF32Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_12x32", kAvx512, {16, 12, avx512::gemm_f32}},
      {"avx2_6x16", kAvx2, {8, 6, avx2::gemm_f32}},
#endif
      {"portable_4x8", {}, {4, 4, portable::gemm_f32}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct Conv2dU8Kernels {
  static constexpr std::string_view kOp = "conv2d_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<GemmU8Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_vnni_12x32", kAvx512Vnni, {16, 12, false, avx512_vnni::gemm_u8}},
      {"avx512_s16_12x32", kAvx512, {16, 12, true, avx512::gemm_u8}},
      {"avx2_vnni_6x16", kAvx2Vnni, {8, 6, false, avx2_vnni::gemm_u8}},
      {"avx2_s16_6x16", kAvx2, {8, 6, true, avx2::gemm_u8}},
#endif
      {"portable_s16_4x8", {}, {4, 4, true, portable::gemm_u8}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
