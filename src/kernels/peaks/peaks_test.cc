#include "kernels/peaks/peaks.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace octet::kernels {
namespace {

TEST(Peaks, AreOfWhatThisCpuHas) {
  std::set<std::string_view> names;
  for (const Peak& peak : measure_peaks()) {
    EXPECT_TRUE(detected_features().contains(peak.needs)) << peak.instruction;
    EXPECT_TRUE(names.insert(peak.instruction).second) << peak.instruction;
    EXPECT_TRUE(std::isfinite(peak.gmac_per_s) && peak.gmac_per_s > 0) << peak.instruction << " " << peak.gmac_per_s;
  }
}

TEST(Peaks, AreThereForEveryVectors) {
  for (const Isa& isa : available_isas())
    for (const Factors factors : {Factors::kU8, Factors::kF32})
      EXPECT_EQ(measure_peak(isa, factors) > 0, isa.features.contains({CpuFeature::kAvx2}) || isa.features.contains({CpuFeature::kNeon}))
          << isa.name;
}

TEST(Peaks, AreThereForBf16WhereTheCpuHasIt) {
  for (const Isa& isa : available_isas())
    EXPECT_EQ(measure_peak(isa, Factors::kBf16) > 0, isa.features.contains({CpuFeature::kAvx512Bf16})) << isa.name;
}

TEST(Peaks, KnowTheMemory) { EXPECT_GT(measure_memory(), 0); }

}  // namespace
}  // namespace octet::kernels
