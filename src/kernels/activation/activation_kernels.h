#pragma once

#include <span>

#include "base/thread_pool.h"
#include "kernels/activation/activation.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// in and out have one length and may be the same memory.
using ActivateSpan = void(const Activation& activation, std::span<const float> in, std::span<float> out);

namespace portable {
ActivateSpan activate_span;
}
namespace avx2 {
ActivateSpan activate_span;
}
namespace avx512 {
ActivateSpan activate_span;
}
namespace neon {
ActivateSpan activate_span;
}

struct ActivateKernels {
  static constexpr std::string_view kOp = "activate";
  static constexpr double kTolerance = 6e-7;  // to the mathematical function; the bits are those of activate(activation, x)
  static constexpr Kernel<ActivateSpan*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::activate_span},
      {"avx2", kAvx2, avx2::activate_span},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::activate_span},
#endif
      {"portable", {}, portable::activate_span},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
