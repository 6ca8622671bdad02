#pragma once

#include "base/thread_pool.h"
#include "kernels/covariance/covariance.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// Sizes have been checked.
using PairUp = void(const PlacePair& places, std::span<const float> steps, std::int32_t* words);
using AddColumnProducts = void(const PairedColumns& in, std::int32_t* products);
using AddScaledRows = void(const ScaledRows& add, std::span<double> to);

namespace portable {
PairUp pair_up_f32;
AddColumnProducts add_column_products_i16;
AddScaledRows add_scaled_rows_f64;
}  // namespace portable
namespace avx2 {
PairUp pair_up_f32;
AddColumnProducts add_column_products_i16;
AddScaledRows add_scaled_rows_f64;
}  // namespace avx2
namespace avx512 {
PairUp pair_up_f32;
AddColumnProducts add_column_products_i16;
AddScaledRows add_scaled_rows_f64;
}  // namespace avx512
namespace neon {
PairUp pair_up_f32;
AddColumnProducts add_column_products_i16;
AddScaledRows add_scaled_rows_f64;
}  // namespace neon

struct PairUpKernels {
  static constexpr std::string_view kOp = "pair_up_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<PairUp*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::pair_up_f32},
      {"avx2", kAvx2, avx2::pair_up_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::pair_up_f32},
#endif
      {"portable", {}, portable::pair_up_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct ColumnProductsKernels {
  static constexpr std::string_view kOp = "column_products_i16";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<AddColumnProducts*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::add_column_products_i16},
      {"avx2", kAvx2, avx2::add_column_products_i16},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::add_column_products_i16},
#endif
      {"portable", {}, portable::add_column_products_i16},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct ScaledRowsKernels {
  static constexpr std::string_view kOp = "scaled_rows_f64";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<AddScaledRows*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::add_scaled_rows_f64},
      {"avx2", kAvx2, avx2::add_scaled_rows_f64},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::add_scaled_rows_f64},
#endif
      {"portable", {}, portable::add_scaled_rows_f64},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
