#include "benchmark/roofs.h"

#include "base/cpu.h"
#include "kernels/peaks/peaks.h"

namespace octet {

Roofs measure_roofs(int threads) {
  const Isa isa = active_isa();
  const auto peak = [&](kernels::Factors factors) { return threads * kernels::measure_peak(isa, factors); };
  return {peak(kernels::Factors::kF32), peak(kernels::Factors::kU8), threads * kernels::measure_memory(), peak(kernels::Factors::kBf16)};
}

}  // namespace octet
