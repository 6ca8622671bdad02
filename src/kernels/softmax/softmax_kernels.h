#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/kernel.h"
#include "kernels/softmax/softmax.h"

namespace octet::kernels {

class Random;

struct SoftmaxF32Functions {
  // Of `length` values one behind the other.
  void (*row)(const float* in, float* out, std::int64_t length);
  // Of `columns` columns side by side, whose values are `stride` apart.
  void (*columns)(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns);
};

namespace portable {
void softmax_row(const float* in, float* out, std::int64_t length);
void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns);
}  // namespace portable
namespace avx2 {
void softmax_row(const float* in, float* out, std::int64_t length);
void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns);
}  // namespace avx2
namespace avx512 {
void softmax_row(const float* in, float* out, std::int64_t length);
void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns);
}  // namespace avx512
namespace neon {
void softmax_row(const float* in, float* out, std::int64_t length);
void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns);
}  // namespace neon

struct SoftmaxF32Kernels {
  static constexpr std::string_view kOp = "softmax_f32";
  static constexpr double kTolerance = 4e-6;  // the exponentials, and sums of hundreds of them
  static constexpr Kernel<SoftmaxF32Functions> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, {avx512::softmax_row, avx512::softmax_columns}},
      {"avx2", kAvx2, {avx2::softmax_row, avx2::softmax_columns}},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, {neon::softmax_row, neon::softmax_columns}},
#endif
      {"portable", {}, {portable::softmax_row, portable::softmax_columns}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
