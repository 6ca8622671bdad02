// What holds for every table of kernels, and every kernel against its reference.
#include <cmath>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "kernels/activation/activation_kernels.h"
#include "kernels/check.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/covariance/covariance_kernels.h"
#include "kernels/depthwise2d/depthwise2d_kernels.h"
#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/matmul/matmul_kernels.h"
#include "kernels/matmul_u8/matmul_u8_kernels.h"
#include "kernels/pool/pool_kernels.h"
#include "kernels/quantize/quantize_kernels.h"
#include "kernels/resize/resize_kernels.h"
#include "kernels/selftest.h"
#include "kernels/softmax/softmax_kernels.h"
#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels {
namespace {

TEST(KernelList, EndsEveryTableWithAPortableKernel) {
  AllTables::for_each([]<class Table>() { EXPECT_EQ(std::rbegin(Table::kKernels)->needs, CpuFeatures()) << Table::kOp; });
}

// So that a check at the instruction set of a kernel runs that kernel.
TEST(KernelList, ReachesEveryKernelByWhatItNeeds) {
  AllTables::for_each([]<class Table>() {
    for (const auto& kernel : Table::kKernels) EXPECT_EQ(&best_kernel<Table>(isa_of(kernel)), &kernel) << Table::kOp << " " << kernel.name;
  });
}

TEST(KernelList, NamesNothingTwice) {
  std::set<std::string_view> ops;
  AllTables::for_each([&]<class Table>() {
    EXPECT_TRUE(ops.insert(Table::kOp).second) << Table::kOp;
    std::set<std::string_view> kernels;
    for (const auto& kernel : Table::kKernels) EXPECT_TRUE(kernels.insert(kernel.name).second) << Table::kOp << " " << kernel.name;
  });
}

TEST(KernelList, UsesNoMoreThanIsAllowed) {
  for (const Isa& isa : available_isas())
    AllTables::for_each([&]<class Table>() { EXPECT_TRUE(isa.features.contains(best_kernel<Table>(isa).needs)) << Table::kOp; });
}

// VNNI without AVX-512, or products of matrices without the dot product, which no line of levels could say.
TEST(KernelList, TakesFeaturesInAnyCombination) {
  const auto name = [](CpuFeatures features) { return best_kernel<Conv2dU8Kernels>({"test", features}).name; };
#ifdef OCTET_X86
  EXPECT_EQ(name({CpuFeature::kAvx2, CpuFeature::kAvxVnni}), "avx2_vnni_6x16");
  EXPECT_EQ(name({CpuFeature::kAvx2, CpuFeature::kAvx512}), "avx512_s16_12x32");
  EXPECT_EQ(name({CpuFeature::kAvx2}), "avx2_s16_6x16");
  EXPECT_EQ(name({CpuFeature::kAvx2, CpuFeature::kAvx512, CpuFeature::kAvx512Vnni, CpuFeature::kAmxInt8}), "avx512_amx_32x32");
  EXPECT_EQ(name({CpuFeature::kAmxInt8}), "portable_s16_4x8");
  EXPECT_EQ(name({CpuFeature::kAvx512Vnni}), "portable_s16_4x8");
  EXPECT_EQ(name({CpuFeature::kNeon, CpuFeature::kDotProduct}), "portable_s16_4x8");
#elif defined(OCTET_ARM)
  EXPECT_EQ(name({CpuFeature::kNeon, CpuFeature::kDotProduct, CpuFeature::kInt8Matrix}), "neon_i8mm_8x8");
  EXPECT_EQ(name({CpuFeature::kNeon, CpuFeature::kDotProduct}), "neon_dotprod_8x8");
  EXPECT_EQ(name({CpuFeature::kNeon, CpuFeature::kInt8Matrix}), "neon_s16_8x8");
  EXPECT_EQ(name({CpuFeature::kDotProduct}), "portable_s16_4x8");
#endif
}

TEST(Selftest, PassesEveryKernelOfThisCpu) {
  const auto results = run_selftest(20, 7);
  for (const SelftestResult& result : results) {
    EXPECT_EQ(result.failures, 0) << result.op << " by " << result.kernel.name << ", difference " << result.greatest_difference;
    EXPECT_EQ(result.cases, 20);
  }
  std::size_t kernels = 0;
  AllTables::for_each([&]<class Table>() {
    for (const auto& kernel : Table::kKernels) kernels += detected_features().contains(kernel.needs);
  });
  EXPECT_EQ(results.size(), kernels);
}

// What was not tested is to be read in the list of tests.
TEST(Selftest, FindsAllThatKernelsNeed) {
  std::set<std::string_view> lacking;
  AllTables::for_each([&]<class Table>() {
    for (const auto& kernel : Table::kKernels)
      if (!detected_features().contains(kernel.needs)) lacking.insert(kernel.name);
  });
  std::string names;
  for (const std::string_view name : lacking) names += " " + std::string(name);
  if (!lacking.empty()) GTEST_SKIP() << "this CPU cannot run, so that no test did:" << names;
  EXPECT_TRUE(lacking.empty());
}

TEST(Selftest, DrawsTheSameCasesFromTheSameSeed) {
  const auto first = run_selftest(3, 11), second = run_selftest(3, 11);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].greatest_difference, second[i].greatest_difference) << first[i].op;
}

// A kernel that is wrong in one element of one case is found: what the check compares is the reference, not another kernel.
TEST(Difference, FindsOneWrongElementNanAndInfinity) {
  const std::vector<float> right{1, 2, 300, 4};
  std::vector<float> wrong = right;
  EXPECT_EQ(difference<float>(right, wrong), 0);
  wrong[1] = 2.5f;
  EXPECT_DOUBLE_EQ(difference<float>(right, wrong), 0.5 / 300);
  wrong[1] = std::nanf("");
  EXPECT_TRUE(std::isinf(difference<float>(right, wrong)));
  EXPECT_EQ(difference<float>(wrong, wrong), 0);
  EXPECT_TRUE(std::isinf(difference<float>(wrong, right)));
}

}  // namespace
}  // namespace octet::kernels
