#pragma once

#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "kernels/factors.h"

// What one thread of this machine reaches at most, measured: the measure for what kernels reach.
namespace octet::kernels {

// How fast a multiplying instruction is, with the additions that it needs, on registers alone.
struct Peak {
  std::string_view instruction;  // "vpdpbusd zmm"
  std::string_view operands;     // "f32", "bf16", "s16", "s8", "u8 x s8"
  CpuFeatures needs;
  double gmac_per_s = 0;
};

// Of every instruction that this CPU has and octet knows; none on other architectures than x86-64 and 64-bit Arm. Takes some 10 ms each.
std::vector<Peak> measure_peaks();

// The fastest of those within `isa` that multiply such factors, or integers of any width for kU8; 0 where there is none.
double measure_peak(const Isa& isa, Factors factors);

// GB/s in which a thread reads memory, from a stretch that is larger than most caches. Takes some 100 ms.
double measure_memory();

}  // namespace octet::kernels
