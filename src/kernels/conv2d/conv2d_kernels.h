#pragma once

#include <span>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

struct Conv2dF32Kernels {
  using Run = GemmF32Function;

  static constexpr std::string_view kOp = "conv2d_f32";
  static constexpr double kTolerance = 256.0 / (1 << 24);
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct Conv2dU8Kernels {
  using Run = GemmU8Function;

  static constexpr std::string_view kOp = "conv2d_u8";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
