#include "kernels/selftest.h"

#include <algorithm>

#include "base/thread_pool.h"
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
#include "kernels/softmax/softmax_kernels.h"
#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels {
namespace {

constexpr int kThreads = 2;

template <class Table>
SelftestResult check_kernel(const Isa& kernel, int cases, std::uint32_t seed, ThreadPool& pool) {
  Random random(seed);
  SelftestResult result{Table::kOp, kernel, cases, 0, 0};
  for (int i = 0; i < cases; ++i) {
    const double found = Table::check(random, kernel, pool);
    result.failures += !(found <= Table::kTolerance);
    result.greatest_difference = std::max(result.greatest_difference, found);
  }
  return result;
}

std::int64_t count_kernels() {
  std::int64_t count = 0;
  AllTables::for_each([&]<class Table>() { count += std::ssize(isas_of<Table>()); });
  return count;
}

}  // namespace

std::vector<SelftestResult> run_selftest(int cases, std::uint32_t seed, const Progress& progress) {
  ThreadPool pool(kThreads);
  std::vector<SelftestResult> results;
  AllTables::for_each([&]<class Table>() {
    for (const Isa& kernel : isas_of<Table>()) {
      results.push_back(check_kernel<Table>(kernel, cases, seed, pool));
      if (progress) progress(std::ssize(results), count_kernels());
    }
  });
  return results;
}

}  // namespace octet::kernels
