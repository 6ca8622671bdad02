#include "base/cpu.h"

#include <sched.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

namespace octet {
namespace {

using enum CpuFeature;

// Each better than those before it that share its architecture.
constexpr std::array kIsas{
    kPortableIsa,
    Isa{"avx2", {kAvx2}},
    Isa{"avx2_vnni", {kAvx2, kAvxVnni}},
    Isa{"avx512", {kAvx2, kAvx512}},
    Isa{"avx512_vnni", {kAvx2, kAvx512, kAvx512Vnni}},
    Isa{"avx512_amx", {kAvx2, kAvx512, kAvx512Vnni, kAmxInt8}},
    Isa{"neon", {kNeon}},
    Isa{"neon_dotprod", {kNeon, kDotProduct}},
    Isa{"neon_i8mm", {kNeon, kDotProduct, kInt8Matrix}},
};

#if defined(__x86_64__)

// Leaf 7, subleaf 1, register EAX, bit 4: g++ 12 has no name for it in __builtin_cpu_supports.
bool has_avx_vnni() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax >> 4 & 1) != 0;
}

// Extended control register 0: the parts of the register state that the operating system keeps, a bit each.
std::uint64_t kept_state() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned kOsxsave = 1u << 27;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kOsxsave) == 0) return 0;
  unsigned low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
}

// Tiles as the kernels configure them: 8 of 16 rows of 64 bytes.
bool has_tiles_of_palette_1() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(0x1d, 1, &eax, &ebx, &ecx, &edx) != 0 && ebx >> 16 >= 8 && (ebx & 0xffff) >= 64 && (ecx & 0xffff) >= 16;
}

// Linux gives a process the state of the tiles, 8 KiB a thread, on request only (since 5.16; older ones do not know the request), and
// not where an alternate signal stack would be too small for it.
bool is_granted_tiles() {
  constexpr int kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

// Intel SDM volume 1, 18.3: AMX-TILE and AMX-INT8 are bits 24 and 25 of leaf 7's EDX; the state of tiles is 17 and 18 of XCR0.
bool has_amx_int8() {
  constexpr unsigned kTileAndInt8 = 3u << 24;
  constexpr std::uint64_t kTileState = 3u << 17;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kTileAndInt8) == kTileAndInt8 &&
         (kept_state() & kTileState) == kTileState && has_tiles_of_palette_1() && is_granted_tiles();
}

CpuFeatures detect() {
  CpuFeatures found;
  __builtin_cpu_init();  // what it says includes that the operating system keeps the registers
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
        __builtin_cpu_supports("bmi2")))
    return found;
  found.insert(kAvx2);
  if (has_avx_vnni()) found.insert(kAvxVnni);
  if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")))
    return found;
  found.insert(kAvx512);
  if (__builtin_cpu_supports("avx512vnni")) found.insert(kAvx512Vnni);
  if (__builtin_cpu_supports("avx512bf16")) found.insert(kAvx512Bf16);
  if (has_amx_int8()) found.insert(kAmxInt8);
  return found;
}

#elif defined(__aarch64__)

CpuFeatures detect() {
  const unsigned long capabilities = ::getauxval(AT_HWCAP);
  CpuFeatures found;
  if (capabilities & HWCAP_ASIMD) found.insert(kNeon);
  if (capabilities & HWCAP_ASIMDDP) found.insert(kDotProduct);
  if (::getauxval(AT_HWCAP2) & HWCAP2_I8MM) found.insert(kInt8Matrix);
  return found;
}

#else

CpuFeatures detect() { return {}; }

#endif

std::string names_of_available() {
  std::string names;
  for (const Isa& isa : available_isas()) names += (names.empty() ? "" : ", ") + std::string(isa.name);
  return names;
}

bool is_known(std::string_view name) {
  return std::ranges::any_of(kIsas, [&](const Isa& isa) { return isa.name == name; });
}

}  // namespace

CpuFeatures detected_features() {
  static const CpuFeatures features = detect();
  return features;
}

std::span<const Isa> available_isas() {
  static const std::vector<Isa> isas = [] {
    std::vector<Isa> found;
    std::ranges::copy_if(kIsas, std::back_inserter(found), [](const Isa& isa) { return detected_features().contains(isa.features); });
    if (detected_features().contains({kAvx512Bf16}))
      for (Isa& isa : found)
        if (isa.features.contains({kAvx512Vnni})) isa.features.insert(kAvx512Bf16);
    return found;
  }();
  return isas;
}

const Isa& first_available_isa_with(CpuFeatures needs) {
  const std::span<const Isa> isas = available_isas();
  const auto found = std::ranges::find_if(isas, [&](const Isa& isa) { return isa.features.contains(needs); });
  return found != isas.end() ? *found : isas.back();
}

Result<Isa> requested_isa() {
  const std::span<const Isa> available = available_isas();
  const char* wanted = std::getenv("OCTET_ISA");
  if (wanted == nullptr) return available.back();
  const auto found = std::ranges::find(available, std::string_view(wanted), &Isa::name);
  if (found != available.end()) return *found;
  return Error{ErrorCode::kInvalidArgument, "OCTET_ISA=" + std::string(wanted) +
                                                (is_known(wanted) ? " is beyond this CPU" : " names no instruction set that octet knows") +
                                                "; this CPU has: " + names_of_available()};
}

Isa active_isa() {
  static const Isa isa = [] {
    const auto requested = requested_isa();
    return requested.ok() ? *requested : available_isas().back();
  }();
  return isa;
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown CPU";
}

int available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

}  // namespace octet
