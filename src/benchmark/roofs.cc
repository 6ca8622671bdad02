#include "benchmark/roofs.h"

#include "base/cpu.h"
#include "kernels/peaks/peaks.h"

namespace octet {

Roofs measure_roofs(int threads) {
  const Isa isa = active_isa();
  return {threads * kernels::measure_peak(isa, true), threads * kernels::measure_peak(isa, false), threads * kernels::measure_memory()};
}

}  // namespace octet
