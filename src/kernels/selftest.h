#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "base/progress.h"

namespace octet::kernels {

// What came of one kind of kernel at one level.
struct SelftestResult {
  Isa isa = Isa::kPortable;
  std::string kernel;  // "conv2d_u8"
  int cases = 0, failures = 0;
  double greatest_difference = 0;  // to the reference; of integer kernels any is a failure
};

// Runs every kernel at every level that this CPU has against its plain definition, on `cases` random shapes and values each. The
// same seed gives the same cases. Integer kernels must agree to the bit, float sums within the rounding of their length.
std::vector<SelftestResult> run_selftest(int cases, std::uint32_t seed, const Progress& progress = {});

}  // namespace octet::kernels
