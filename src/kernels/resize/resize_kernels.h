#pragma once

#include <span>

#include "kernels/kernel.h"
#include "kernels/resize/resize.h"

namespace octet::kernels {

class Random;

struct GatherPixelsFunctions {
  decltype(&gather_pixels_f32) f32;
  decltype(&gather_pixels_u8) u8;
};

// One for all: it only copies.
struct GatherPixelsKernels {
  using Run = GatherPixelsFunctions;

  static constexpr std::string_view kOp = "gather_pixels";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
