#pragma once

namespace octet {

// What a number of threads of this machine reaches at most in the instruction set in use: the measure for what kernels reach. Each core's
// own limits added up, so that what cores share (memory, power) may be less.
struct Roofs {
  double float_gmac_per_s = 0, integer_gmac_per_s = 0;  // 0 where octet knows no such instruction
  double memory_gb_per_s = 0;                           // read from beyond the caches
  double bf16_gmac_per_s = 0;
};

// Takes some 300 ms.
Roofs measure_roofs(int threads);

}  // namespace octet
