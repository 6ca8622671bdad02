#pragma once

#include <span>

#include "kernels/kernel.h"
#include "kernels/pool/pool.h"

namespace octet::kernels {

class Random;

// Row y of the output: in plain C++, and with vectors of channels.
using MaxPoolRowF32 = void(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y);
using MaxPoolRowU8 = void(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, std::int64_t y);
using AvgPoolRowF32 = void(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y);

namespace portable {
MaxPoolRowF32 max_pool_row_f32;
MaxPoolRowU8 max_pool_row_u8;
AvgPoolRowF32 avg_pool_row_f32;
}  // namespace portable
namespace avx2 {
MaxPoolRowF32 max_pool_row_f32;
MaxPoolRowU8 max_pool_row_u8;
AvgPoolRowF32 avg_pool_row_f32;
}  // namespace avx2
namespace neon {
MaxPoolRowF32 max_pool_row_f32;
MaxPoolRowU8 max_pool_row_u8;
AvgPoolRowF32 avg_pool_row_f32;
}  // namespace neon

struct MaxPoolF32Kernels {
  static constexpr std::string_view kOp = "max_pool_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<MaxPoolRowF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx2", kAvx2, avx2::max_pool_row_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::max_pool_row_f32},
#endif
      {"portable", {}, portable::max_pool_row_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct MaxPoolU8Kernels {
  static constexpr std::string_view kOp = "max_pool_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<MaxPoolRowU8*> kKernels[] = {
#ifdef OCTET_X86
      {"avx2", kAvx2, avx2::max_pool_row_u8},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::max_pool_row_u8},
#endif
      {"portable", {}, portable::max_pool_row_u8},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct AvgPoolF32Kernels {
  static constexpr std::string_view kOp = "avg_pool_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<AvgPoolRowF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx2", kAvx2, avx2::avg_pool_row_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::avg_pool_row_f32},
#endif
      {"portable", {}, portable::avg_pool_row_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

// Places of the mean of output (y, x) that count; see AvgPoolShape.
int counted_places(const AvgPoolShape& shape, std::int64_t in_height, std::int64_t in_width, std::int64_t y, std::int64_t x);

// The taps of one output along one direction that lie inside: from `first` to `last` - 1, of `size` places of the input.
struct Taps {
  std::int64_t start, first, last;  // start: where tap 0 lies, maybe outside
};
Taps taps_inside(std::int64_t out, std::int64_t stride, std::int64_t pad, std::int64_t kernel, std::int64_t dilation, std::int64_t size);

}  // namespace octet::kernels
