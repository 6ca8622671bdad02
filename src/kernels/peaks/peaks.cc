#include "kernels/peaks/peaks.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>

#include "kernels/kernel.h"
#include "kernels/peaks/loops.h"

namespace octet::kernels {
namespace {

struct Instruction {
  std::string_view name, operands;
  CpuFeatures needs;
  std::int64_t macs;  // of a round
  peaks::Loop* loop;

  Factors factors() const { return operands == "f32" ? Factors::kF32 : operands == "bf16" ? Factors::kBf16 : Factors::kU8; }
};

#ifdef OCTET_X86
using namespace peaks;

constexpr Instruction kInstructions[] = {
    {"vfmadd231ps ymm", "f32", kAvx2, 8 * kProductsOfARound, multiply_f32_ymm},
    {"vpmaddwd ymm", "s16", kAvx2, 16 * kProductsOfARound, multiply_s16_ymm},
    {"vpmaddubsw ymm", "u8 x s8, saturating", kAvx2, 32 * kProductsOfARound, multiply_u8_ymm},
    {"vpdpbusd ymm", "u8 x s8", kAvx2Vnni, 32 * kProductsOfARound, multiply_vnni_ymm},
    {"vfmadd231ps zmm", "f32", kAvx512, 16 * kProductsOfARound, multiply_f32_zmm},
    {"vpmaddwd zmm", "s16", kAvx512, 32 * kProductsOfARound, multiply_s16_zmm},
    {"vpmaddubsw zmm", "u8 x s8, saturating", kAvx512, 64 * kProductsOfARound, multiply_u8_zmm},
    {"vpdpbusd zmm", "u8 x s8", kAvx512Vnni, 64 * kProductsOfARound, multiply_vnni_zmm},
    {"vdpbf16ps zmm", "bf16", kAvx512Bf16, 32 * kProductsOfARound, multiply_bf16_zmm},
    {"tdpbusd", "u8 x s8", kAvx512Amx, 16 * 16 * 64 * kTileProductsOfARound, multiply_tiles},
};
#elif defined(OCTET_ARM)
using namespace peaks;

constexpr Instruction kInstructions[] = {
    {"fmla", "f32", kNeon, 4 * kProductsOfARound, multiply_f32_neon},
    {"smlal", "s16", kNeon, 4 * kProductsOfARound, multiply_s16_neon},
    {"sdot", "s8", kNeonDotprod, 16 * kProductsOfARound, multiply_s8_neon_dotprod},
    {"usmmla", "u8 x s8", kNeonI8mm, 32 * kProductsOfARound, multiply_u8_neon_i8mm},
};
#else
constexpr std::span<const Instruction> kInstructions;
#endif

// The shortest of several runs, as others may share the machine.
template <typename Work>
double least_seconds(int runs, const Work& work) {
  using Clock = std::chrono::steady_clock;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < runs; ++i) {
    const auto begin = Clock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return least;
}

double gmac_per_s(const Instruction& instruction) {
  constexpr std::int64_t kRounds = 20000;
  const double seconds = least_seconds(20, [&] { instruction.loop(kRounds); });
  return 1e-9 * static_cast<double>(kRounds * instruction.macs) / seconds;
}

}  // namespace

std::vector<Peak> measure_peaks() {
  std::vector<Peak> peaks;
  for (const Instruction& each : kInstructions)
    if (detected_features().contains(each.needs)) peaks.push_back({each.name, each.operands, each.needs, gmac_per_s(each)});
  return peaks;
}

double measure_peak(const Isa& isa, Factors factors) {
  double greatest = 0;
  for (const Instruction& each : kInstructions)
    if (isa.features.contains(each.needs) && each.factors() == factors) greatest = std::max(greatest, gmac_per_s(each));
  return greatest;
}

double measure_memory() {
  const std::vector<std::uint64_t> values(std::size_t{128} << 17, 1);  // 128 MiB
  std::uint64_t sum = 0;
  const double seconds = least_seconds(5, [&] { sum += std::accumulate(values.begin(), values.end(), std::uint64_t{0}); });
  asm volatile("" ::"r"(sum));  // which is computed, therefore
  return 1e-9 * static_cast<double>(values.size() * sizeof(values[0])) / seconds;
}

}  // namespace octet::kernels
