#include "base/cpu.h"

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace octet {
namespace {

// Sets OCTET_ISA for one test, and puts back what it was.
class RequestedIsa : public ::testing::Test {
 protected:
  RequestedIsa() {
    if (const char* value = std::getenv(kName)) before_ = value;
  }
  ~RequestedIsa() override { before_.empty() ? ::unsetenv(kName) : ::setenv(kName, before_.c_str(), 1); }

  static Result<Isa> with(const std::string& value) {
    ::setenv(kName, value.c_str(), 1);
    return requested_isa();
  }

 private:
  static constexpr const char* kName = "OCTET_ISA";
  std::string before_;
};

TEST_F(RequestedIsa, TakesEveryLevelOfThisCpu) {
  for (const Isa& isa : available_isas()) {
    const auto requested = with(std::string(isa.name));
    ASSERT_TRUE(requested.ok()) << requested.error().message;
    EXPECT_EQ(*requested, isa) << requested->name;
  }
}

TEST_F(RequestedIsa, IsTheBestLevelWhereNothingIsSaid) {
  ::unsetenv("OCTET_ISA");
  const auto requested = requested_isa();
  ASSERT_TRUE(requested.ok());
  EXPECT_EQ(*requested, available_isas().back());
}

TEST_F(RequestedIsa, RefusesWhatThisCpuLacksAndNamesWhatItHas) {
  for (const char* name : {"avx1000", "", "AVX2", "avx512_vnni "}) {
    const auto requested = with(name);
    ASSERT_FALSE(requested.ok()) << name;
    EXPECT_EQ(requested.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(requested.error().message.find("OCTET_ISA=" + std::string(name)), std::string::npos);
    for (const Isa& isa : available_isas()) EXPECT_NE(requested.error().message.find(isa.name), std::string::npos);
  }
}

TEST(CpuFeatures, AreASet) {
  using enum CpuFeature;
  constexpr CpuFeatures kVnniAlone{kAvx2, kAvxVnni}, kWide{kAvx2, kAvx512};
  EXPECT_TRUE(kVnniAlone.contains({kAvxVnni}));
  EXPECT_TRUE(kVnniAlone.contains({}));
  EXPECT_FALSE(kWide.contains(kVnniAlone));
  EXPECT_FALSE(kVnniAlone.contains(kWide));
  EXPECT_EQ((CpuFeatures{kNeon, kDotProduct}), (CpuFeatures{kDotProduct, kNeon}));
}

#if defined(__aarch64__)
// What a name of QEMU's says, against what the operating system says of the CPU that it plays.
TEST(AvailableIsas, AreThoseOfTheCpuThatQemuPlays) {
  const char* cpu = std::getenv("QEMU_CPU");
  if (cpu == nullptr) GTEST_SKIP() << "QEMU_CPU is not set";
  const std::map<std::string, std::string_view> best{{"cortex-a53", "neon"}, {"neoverse-n1", "neon_dotprod"}, {"max", "neon_i8mm"}};
  ASSERT_TRUE(best.contains(cpu)) << cpu;
  EXPECT_EQ(available_isas().back().name, best.at(cpu));
}
#endif

TEST(AvailableIsas, BeginWithPlainCodeAndHoldWhatTheCpuHas) {
  ASSERT_FALSE(available_isas().empty());
  EXPECT_EQ(available_isas().front(), kPortableIsa);
  for (const Isa& isa : available_isas()) EXPECT_TRUE(detected_features().contains(isa.features)) << isa.name;
}

}  // namespace
}  // namespace octet
