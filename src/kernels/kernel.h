#pragma once

#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/cpu.h"
#include "kernels/kernel_list.h"

namespace octet::kernels {

// One implementation of an operation: a function, or a struct of what belongs together.
template <typename Implementation>
struct Kernel {
  std::string_view name;  // "avx512_vnni_12x32"
  CpuFeatures needs;
  Implementation run;
};

// Entries of tables for one architecture stand between #ifdef OCTET_X86, or OCTET_ARM, and #endif.
#if defined(__x86_64__)
#define OCTET_X86
#elif defined(__aarch64__)
#define OCTET_ARM
#endif

// What kernels need, where the same is said often. Each includes what its code uses of the smaller ones.
inline constexpr CpuFeatures kAvx2{CpuFeature::kAvx2};
inline constexpr CpuFeatures kAvx2Vnni{CpuFeature::kAvx2, CpuFeature::kAvxVnni};
inline constexpr CpuFeatures kAvx512{CpuFeature::kAvx2, CpuFeature::kAvx512};
inline constexpr CpuFeatures kAvx512Vnni{CpuFeature::kAvx2, CpuFeature::kAvx512, CpuFeature::kAvx512Vnni};
inline constexpr CpuFeatures kAvx512Bf16{CpuFeature::kAvx2, CpuFeature::kAvx512, CpuFeature::kAvx512Bf16};
inline constexpr CpuFeatures kAvx512Amx{CpuFeature::kAvx2, CpuFeature::kAvx512, CpuFeature::kAmxInt8};
inline constexpr CpuFeatures kNeon{CpuFeature::kNeon};
inline constexpr CpuFeatures kNeonDotprod{CpuFeature::kNeon, CpuFeature::kDotProduct};
inline constexpr CpuFeatures kNeonI8mm{CpuFeature::kNeon, CpuFeature::kDotProduct, CpuFeature::kInt8Matrix};

// A table of kernels is a struct, named in kernels/kernel_list.h, with these static members:
//   kOp                             what it computes: "conv2d_u8"
//   kTolerance                      how far a kernel may be from the reference, as `check` measures; 0: the same bits
//   kKernels                        the kernels, best first; the last one is portable
//   check(random, isa, pool)        how far the operation is, on one random input at `isa`, from its reference, which is plain code
//                                   that shares nothing with the kernels
//   add_benchmarks()                of each kernel of this CPU; in <op>_bench.cc, which the benchmarks alone have
// Dispatch, `octet selftest`, tests and benchmarks all take kernels from there.

// The kernel to use: the first of the table that `isa` can run.
template <class Table>
const auto& best_kernel(const Isa& isa) {
  static_assert(AllTables::contains<Table>, "name the table in kernels/kernel_list.h");
  for (const auto& kernel : Table::kKernels)
    if (isa.features.contains(kernel.needs)) return kernel;
  check_failed(__FILE__, __LINE__, "kernel.needs", "a table of kernels must end with a portable one");
}

// The same of those whose implementation `suits`; the portable one must.
template <class Table, typename Suits>
const auto& best_kernel(const Isa& isa, const Suits& suits) {
  for (const auto& kernel : Table::kKernels)
    if (isa.features.contains(kernel.needs) && suits(kernel.run)) return kernel;
  check_failed(__FILE__, __LINE__, "suits", "a table of kernels must end with one that does for everything");
}

// The instruction set that makes dispatch take `kernel`.
template <typename Implementation>
constexpr Isa isa_of(const Kernel<Implementation>& kernel) {
  return {kernel.name, kernel.needs};
}

// Of each kernel of the table that this CPU can run, best first.
template <class Table>
std::vector<Isa> isas_of() {
  std::vector<Isa> isas;
  for (const auto& kernel : Table::kKernels)
    if (detected_features().contains(kernel.needs)) isas.push_back(isa_of(kernel));
  return isas;
}

}  // namespace octet::kernels
