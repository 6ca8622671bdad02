#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace octet {

// What a CPU may be able to do, as far as kernels make a difference of it. What always comes together is one feature.
enum class CpuFeature : std::uint8_t {
  kAvx2,        // AVX2 with FMA, F16C and BMI2
  kAvxVnni,     // vpdpbusd in VEX encoding: 256 bits, without AVX-512
  kAvx512,      // AVX-512 F, BW, VL and DQ
  kAvx512Vnni,  // vpdpbusd of 512 bits
  kAvx512Bf16,  // vdpbf16ps of 512 bits
  kAmxInt8,     // tiles of AMX and tdpbusd, which the operating system lets this process use
  kNeon,        // Advanced SIMD
  kDotProduct,  // sdot and udot of Arm
  kInt8Matrix,  // smmla, ummla and usmmla of Arm (i8mm)
};

// A set of features. No feature implies another here: what a kernel needs, it lists.
class CpuFeatures {
 public:
  constexpr CpuFeatures() = default;
  constexpr CpuFeatures(std::initializer_list<CpuFeature> features) {
    for (const CpuFeature feature : features) bits_ |= 1u << static_cast<unsigned>(feature);
  }

  constexpr bool contains(CpuFeatures other) const { return (other.bits_ & ~bits_) == 0; }
  constexpr void insert(CpuFeature feature) { bits_ |= CpuFeatures{feature}.bits_; }
  friend constexpr bool operator==(CpuFeatures, CpuFeatures) = default;

 private:
  std::uint32_t bits_ = 0;
};

// An instruction set: features under a name. Whoever is given one uses no feature outside of it.
struct Isa {
  std::string_view name;
  CpuFeatures features;

  friend constexpr bool operator==(const Isa&, const Isa&) = default;
};

// Plain C++, which every CPU can run.
inline constexpr Isa kPortableIsa{"portable", {}};

// What this CPU and operating system have. The first call asks Linux for the tiles of AMX, where there are any, on behalf of the process.
CpuFeatures detected_features();

// The instruction sets with a name of their own ("portable", "avx2", "avx2_vnni", "avx512", "avx512_vnni", "avx512_amx", "neon",
// "neon_dotprod", "neon_i8mm") that this CPU can run, each better than those before it. The first is kPortableIsa. Those with
// kAvx512Vnni have kAvx512Bf16, too, on a CPU that has it: nothing makes use of that unasked.
std::span<const Isa> available_isas();

// The first of available_isas() that has all of `needs`; the last one where none has.
const Isa& first_available_isa_with(CpuFeatures needs);

// The last of available_isas(), or the one that the environment variable OCTET_ISA names. A name that is unknown or beyond this CPU is an
// error of the caller's (kInvalidArgument), whose message names those that this CPU has.
Result<Isa> requested_isa();

// requested_isa(), read once for the whole process. A program or library checks requested_isa() where it begins: after that this always
// is what was requested; where nobody checked, an unusable request counts as none.
Isa active_isa();

// Model name as the operating system gives it, such as "AMD EPYC 9B14".
std::string cpu_name();

// Number of hardware threads that this process may use, at least 1.
int available_threads();

}  // namespace octet
