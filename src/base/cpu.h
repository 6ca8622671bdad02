#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

// Kernels carry their instruction set on the function, not on the file: a file compiled with -mavx2 would leave
// AVX2 copies of inline header functions that the linker may keep for the whole program.
#define OCTET_AVX2 __attribute__((target("avx2,fma,f16c,bmi2")))
#define OCTET_AVX512 __attribute__((target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq")))
#define OCTET_VNNI __attribute__((target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

namespace octet {

// Instruction-set levels, each of which contains the ones before it.
enum class Isa { kPortable, kAvx2, kAvx512, kAvx512Vnni };

// "portable", "avx2", "avx512", "avx512_vnni".
std::string_view name_of(Isa isa);
std::optional<Isa> isa_from_name(std::string_view name);

// The best level of this CPU and operating system.
Isa detected_isa();

// Every level that this CPU can run, lowest first.
std::span<const Isa> available_isas();

// The level that the environment variable OCTET_ISA names, or detected_isa() where it is not set. A name that is unknown or beyond this
// CPU is an error of the caller's (kInvalidArgument), whose message names the levels that this CPU has.
Result<Isa> requested_isa();

// requested_isa(), read once for the whole process. A program or library checks requested_isa() where it begins: after that this always
// is what was requested; where nobody checked, an unusable request counts as none.
Isa active_isa();

// Model name as the operating system gives it, such as "AMD EPYC 9B14".
std::string cpu_name();

// Number of hardware threads that this process may use, at least 1.
int available_threads();

}  // namespace octet
