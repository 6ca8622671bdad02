#include "kernels/requantize.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/kernel.h"
#include "kernels/requantize_ref.h"
#include "kernels/requantize_scalar.h"
#include "kernels/requantize_table.h"
#ifdef OCTET_X86
#include "kernels/x86/requantize_avx2.h"
#include "kernels/x86/requantize_avx512.h"
#endif

namespace octet::kernels {
namespace {

using Kind = Activation::Kind;

constexpr std::size_t kChannels = 37;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Results {
  std::vector<float> real = std::vector<float>(kChannels + 64);
  std::vector<std::uint8_t> u8 = std::vector<std::uint8_t>(kChannels + 64);
};

template <Kind kKind, bool kPlain>
void run_scalar(const RequantizationTable& table, const std::int32_t* sums, Results& out) {
  for (std::size_t c = 0; c < kChannels; ++c) {
    out.real[c] = scalar::requantize_real<kKind>(table, c, sums[c]);
    out.u8[c] = scalar::requantize_u8<kKind, kPlain>(table, c, sums[c]);
  }
}

#ifdef OCTET_X86
template <Kind kKind, bool kPlain>
OCTET_AVX2 void run_avx2(const RequantizationTable& table, const std::int32_t* sums, Results& out) {
  for (std::size_t c = 0; c < kChannels; c += 16) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + c));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + c + 8));
    _mm256_storeu_ps(&out.real[c], avx2::requantize_real<kKind>(table, c, first));
    _mm256_storeu_ps(&out.real[c + 8], avx2::requantize_real<kKind>(table, c + 8, second));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&out.u8[c]), avx2::requantize_u8<kKind, kPlain>(table, c, first, second));
  }
}

template <Kind kKind, bool kPlain>
OCTET_AVX512 void run_avx512(const RequantizationTable& table, const std::int32_t* sums, Results& out) {
  for (std::size_t c = 0; c < kChannels; c += 16) {
    const __m512i sum = _mm512_loadu_si512(sums + c);
    _mm512_storeu_ps(&out.real[c], avx512::requantize_real<kKind>(table, c, sum));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&out.u8[c]), avx512::requantize_u8<kKind, kPlain>(table, c, sum));
  }
}

#endif

Results run_level([[maybe_unused]] const Isa& isa, const RequantizationTable& table, const std::int32_t* sums) {
  Results out;
  with_requantization(table, [&](auto kind, auto plain) {
#ifdef OCTET_X86
    if (isa.features.contains(kAvx512)) return run_avx512<kind(), plain()>(table, sums, out);
    if (isa.features.contains(kAvx2)) return run_avx2<kind(), plain()>(table, sums, out);
#endif
    run_scalar<kind(), plain()>(table, sums, out);
  });
  return out;
}

Requantization random_requantization(std::mt19937& random, bool hostile) {
  Requantization r;
  std::uniform_real_distribution<float> factor(1e-4f, 0.3f), offset(-60, 60);
  std::uniform_int_distribution<int> byte(0, 255);
  for (std::size_t c = 0; c < kChannels; ++c) {
    r.multiplier.push_back(factor(random));
    r.offset.push_back(offset(random));
    r.zero_point.push_back(static_cast<std::uint8_t>(byte(random)));
  }
  if (hostile) {
    r.multiplier[3] = kInfinity;
    r.offset[4] = std::numeric_limits<float>::quiet_NaN();
    r.offset[5] = -kInfinity;
  }
  r.activation.kind = static_cast<Kind>(std::uniform_int_distribution<int>(0, static_cast<int>(Kind::kExp))(random));
  r.activation.a = offset(random);
  r.activation.b = r.activation.a + std::abs(offset(random));
  if (byte(random) % 3 == 0)
    for (std::size_t c = 0; c < kChannels; ++c) r.inv_scale.push_back(factor(random) * 100);
  return r;
}

TEST(Requantize, IsTheSameBitsAtEveryLevel) {
  std::mt19937 random(7);
  std::vector<std::int32_t> sums(kChannels + 64);
  for (int round = 0; round < 3000; ++round) {
    const Requantization r = random_requantization(random, round % 5 == 0);
    std::uniform_int_distribution<std::int32_t> small(-3000, 3000), any(INT32_MIN, INT32_MAX);
    for (std::size_t c = 0; c < kChannels; ++c) sums[c] = round % 3 == 0 ? any(random) : small(random);
    sums[3] = 0;  // infinity times 0
    for (const Isa& isa : available_isas()) {
      const Results out = run_level(isa, RequantizationTable(r), sums.data());
      for (std::size_t c = 0; c < kChannels; ++c) {
        ASSERT_EQ(out.u8[c], ref::requantize_u8(r, c, sums[c])) << isa.name << ", kind " << static_cast<int>(r.activation.kind);
        if (RequantizationTable(r).plain) continue;
        ASSERT_EQ(std::bit_cast<std::uint32_t>(out.real[c]), std::bit_cast<std::uint32_t>(ref::requantize_f32(r, c, sums[c])))
            << isa.name << ", kind " << static_cast<int>(r.activation.kind) << ", channel " << c << ", " << out.real[c];
      }
    }
  }
}

TEST(Requantize, RoundsHalvesToEvenAndKeepsWithinBytes) {
  const Requantization r{{0.5f, 0.5f, 0.5f, 0.5f}, {0, 0, 0, 0}, {}, true, {}, {10, 10, 10, 10}};
  EXPECT_EQ(ref::requantize_u8(r, 0, 1), 10);
  EXPECT_EQ(ref::requantize_u8(r, 1, 3), 12);
  EXPECT_EQ(ref::requantize_u8(r, 2, 100000), 255);
  EXPECT_EQ(ref::requantize_u8(r, 3, -100000), 0);
}

}  // namespace
}  // namespace octet::kernels
