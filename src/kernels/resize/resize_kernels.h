#pragma once

#include "kernels/kernel.h"
#include "kernels/resize/resize.h"

namespace octet::kernels {

class Random;

// One for all element types: it only copies.
struct GatherPixelsKernels {
  static constexpr std::string_view kOp = "gather_pixels";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<decltype(&gather_pixel_bytes)> kKernels[] = {
      {"portable", {}, gather_pixel_bytes},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
