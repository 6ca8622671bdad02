#pragma once

#include <span>

#include "base/thread_pool.h"
#include "kernels/activation/activation.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// in and out have one length and may be the same memory.
struct ActivateKernels {
  using Run = void (*)(const Activation&, std::span<const float> in, std::span<float> out);

  static constexpr std::string_view kOp = "activate";
  static constexpr double kTolerance = 6e-7;  // to the mathematical function; the bits are those of activate(activation, x)
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

namespace portable {
void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out);
}
namespace avx2 {
void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out);
}
namespace avx512 {
void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out);
}

}  // namespace octet::kernels
