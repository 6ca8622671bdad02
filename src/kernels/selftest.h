#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "base/progress.h"

namespace octet::kernels {

// What came of one kernel.
struct SelftestResult {
  std::string_view op;  // "conv2d_u8"
  Isa kernel;           // its name, and what it needs: "avx512_vnni_12x32"
  int cases = 0, failures = 0;
  double greatest_difference = 0;  // to the reference; of integer kernels any is a failure
};

// Runs every kernel that this CPU can run against the reference of its operation, on `cases` random shapes and values each. The same seed
// gives the same cases. Integer kernels must agree to the bit, float sums within the rounding of their length.
std::vector<SelftestResult> run_selftest(int cases, std::uint32_t seed, const Progress& progress = {});

}  // namespace octet::kernels
