#include "base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

namespace octet {
namespace {

constexpr std::array kIsas{Isa::kPortable, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni};
constexpr std::array<std::string_view, kIsas.size()> kNames{"portable", "avx2", "avx512", "avx512_vnni"};

Isa detect() {
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (avx512 && __builtin_cpu_supports("avx512vnni")) return Isa::kAvx512Vnni;
  if (avx512) return Isa::kAvx512;
  return avx2 ? Isa::kAvx2 : Isa::kPortable;
}

std::string names_of_available() {
  std::string names;
  for (const Isa isa : available_isas()) names += (names.empty() ? "" : ", ") + std::string(name_of(isa));
  return names;
}

}  // namespace

std::string_view name_of(Isa isa) { return kNames[static_cast<std::size_t>(isa)]; }

std::optional<Isa> isa_from_name(std::string_view name) {
  for (const Isa isa : kIsas)
    if (name_of(isa) == name) return isa;
  return std::nullopt;
}

Isa detected_isa() {
  static const Isa isa = detect();
  return isa;
}

std::span<const Isa> available_isas() { return std::span(kIsas).first(static_cast<std::size_t>(detected_isa()) + 1); }

Result<Isa> requested_isa() {
  const char* wanted = std::getenv("OCTET_ISA");
  if (wanted == nullptr) return detected_isa();
  const auto isa = isa_from_name(wanted);
  if (isa && *isa <= detected_isa()) return *isa;
  return Error{ErrorCode::kInvalidArgument, "OCTET_ISA=" + std::string(wanted) +
                                                (isa ? " is beyond this CPU" : " names no instruction set that octet knows") +
                                                "; this CPU has: " + names_of_available()};
}

Isa active_isa() {
  static const Isa isa = [] {
    const auto requested = requested_isa();
    return requested.ok() ? *requested : detected_isa();
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
