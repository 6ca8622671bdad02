#include "kernels/requantize.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/requantize_ref.h"
#include "kernels/requantize_table.h"

namespace octet::kernels {
namespace {

using Kind = Activation::Kind;

constexpr std::size_t kChannels = 37;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Results {
  std::vector<float> real = std::vector<float>(kChannels + 64);
  std::vector<std::uint8_t> u8 = std::vector<std::uint8_t>(kChannels + 64);
};

// What a kernel makes of the sums: those of no products, which are their start.
Results run_kernel(const GemmU8Function& kernel, const RequantizationTable& table, const std::int32_t* sums) {
  Results out;
  const std::size_t panel = 2 * static_cast<std::size_t>(kernel.lanes);
  for (std::size_t first = 0; first < kChannels; first += panel) {
    GemmU8 gemm;
    gemm.rows = 1;
    gemm.start = sums + first;
    gemm.channels = static_cast<std::int64_t>(std::min(panel, kChannels - first));
    gemm.vectors = gemm.channels > kernel.lanes ? 2 : 1;
    gemm.requantization = &table;
    gemm.first_channel = first;
    gemm.out_f32 = &out.real[first];
    kernel.run(gemm);
    gemm.out_u8 = &out.u8[first];
    kernel.run(gemm);
  }
  return out;
}

Requantization random_requantization(std::mt19937& random, bool hostile) {
  Requantization r;
  std::uniform_real_distribution<float> factor(1e-4f, 0.3f), offset(-60, 60);
  std::uniform_int_distribution<int> byte(0, 255), zero_point(-32000, 32000);
  for (std::size_t c = 0; c < kChannels; ++c) {
    r.multiplier.push_back(factor(random));
    r.offset.push_back(offset(random));
    r.zero_point.push_back(static_cast<std::int16_t>(byte(random) % 4 == 0 ? zero_point(random) : byte(random)));
  }
  if (hostile) {
    r.multiplier[3] = kInfinity;
    r.offset[4] = std::numeric_limits<float>::quiet_NaN();
    r.offset[5] = -kInfinity;
  }
  r.activation.kind = static_cast<Kind>(std::uniform_int_distribution<int>(0, static_cast<int>(Kind::kExp))(random));
  r.activation.a = offset(random);
  r.activation.b = r.activation.a + std::abs(offset(random));
  if (byte(random) % 3 == 0) {
    for (std::size_t c = 0; c < kChannels; ++c) r.inv_scale.push_back(factor(random) * 100);
    if (byte(random) % 2 == 0)  // values that stay within 32 bits whatever the sum
      for (float& multiplier : r.multiplier) multiplier *= 0x1p-6f;
  }
  return r;
}

TEST(Requantize, IsTheSameBitsByEveryKernel) {
  std::mt19937 random(7);
  std::vector<std::int32_t> sums(kChannels + 64);
  for (int round = 0; round < 3000; ++round) {
    const Requantization r = random_requantization(random, round % 5 == 0);
    std::uniform_int_distribution<std::int32_t> small(-3000, 3000), any(INT32_MIN, INT32_MAX);
    for (std::size_t c = 0; c < kChannels; ++c) sums[c] = round % 3 == 0 ? any(random) : small(random);
    sums[3] = 0;  // infinity times 0
    for (const auto& kernel : Conv2dU8Kernels::kKernels) {
      if (!detected_features().contains(kernel.needs)) continue;
      const Results out = run_kernel(kernel.run, RequantizationTable(r), sums.data());
      for (std::size_t c = 0; c < kChannels; ++c) {
        ASSERT_EQ(out.u8[c], ref::requantize_u8(r, c, sums[c])) << kernel.name << ", kind " << static_cast<int>(r.activation.kind);
        if (RequantizationTable(r).activation.kind != r.activation.kind) continue;  // a clamp that became limits of bytes
        ASSERT_EQ(std::bit_cast<std::uint32_t>(out.real[c]), std::bit_cast<std::uint32_t>(ref::requantize_f32(r, c, sums[c])))
            << kernel.name << ", kind " << static_cast<int>(r.activation.kind) << ", channel " << c << ", " << out.real[c];
      }
    }
  }
}

TEST(Requantize, IsBriefWhereAClampStandsBeforeAScale) {
  const Requantization r{{0.001f, 0.001f}, {0, 0}, {Kind::kClamp, 0, 6}, true, {10, 50}, {3, 0}};
  const RequantizationTable table(r);
  EXPECT_EQ(table.brief, Brief::kScaled);
  EXPECT_EQ(table.lowest[0], 0);
  EXPECT_EQ(table.highest[0], 60);   // 6 * 10
  EXPECT_EQ(table.highest[1], 255);  // of bytes, as 6 * 50 is no byte
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
