#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/kernel.h"
#include "kernels/view.h"

namespace octet::kernels {

class Random;

// Where the totals of a run of pixels lie, one a channel.
struct RunTotals {
  float *min, *max, *sum;

  RunTotals from(std::int64_t channel) const { return {min + channel, max + channel, sum + channel}; }
};

// Adds the pixels of a run, `in.width` of them in one row.
using AddRunF32 = void(ImageView<const float> in, RunTotals totals);

namespace portable {
AddRunF32 add_run_f32;
}
namespace avx2 {
AddRunF32 add_run_f32;
}
namespace avx512 {
AddRunF32 add_run_f32;
}

struct AddPixelsKernels {
  static constexpr std::string_view kOp = "add_pixels_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<AddRunF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::add_run_f32},
      {"avx2", kAvx2, avx2::add_run_f32},
#endif
      {"portable", {}, portable::add_run_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
