#pragma once

#include <cstdint>
#include <span>

#include "kernels/elementwise/elementwise.h"
#include "kernels/kernel.h"
#include "kernels/quantize/u8_limits.h"

namespace octet::kernels {

class Random;

// Runs of elements that lie together; all spans of one call have one length. Activations that are no clamp come after
// them: see elementwise.cc.

using BinaryF32 = void(std::span<const float> a, std::span<const float> b, std::span<float> out);
using ScaleShiftF32 = void(std::span<const float> in, std::span<const float> scale, std::span<const float> offset, std::span<float> out);
// The sum before activation and quantization.
using AddU8F32 = void(const AddU8& add, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out);
// Quantized, where the activation is no more than `limits`.
using AddU8Run = void(const AddU8& add, const Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                      std::span<std::uint8_t> out);
// The same of images, as pixels that lie apart may be short.
using AddU8Limited = void(const AddU8& add, const Limits& limits, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b,
                          ImageView<std::uint8_t> out);

namespace portable {
BinaryF32 add_f32, multiply_f32;
ScaleShiftF32 scale_shift_f32;
AddU8F32 add_u8_f32;
AddU8Run add_u8_run;
AddU8Limited add_u8;
}  // namespace portable
namespace avx2 {
BinaryF32 add_f32, multiply_f32;
ScaleShiftF32 scale_shift_f32;
AddU8F32 add_u8_f32;
AddU8Run add_u8_run;
AddU8Limited add_u8;
}  // namespace avx2
namespace avx512 {
BinaryF32 add_f32, multiply_f32;
ScaleShiftF32 scale_shift_f32;
AddU8F32 add_u8_f32;
AddU8Run add_u8_run;
AddU8Limited add_u8;
}  // namespace avx512
namespace neon {
BinaryF32 add_f32, multiply_f32;
ScaleShiftF32 scale_shift_f32;
AddU8F32 add_u8_f32;
AddU8Run add_u8_run;
AddU8Limited add_u8;
}  // namespace neon

struct AddF32Kernels {
  static constexpr std::string_view kOp = "add_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<BinaryF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::add_f32},
      {"avx2", kAvx2, avx2::add_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::add_f32},
#endif
      {"portable", {}, portable::add_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct MultiplyF32Kernels {
  static constexpr std::string_view kOp = "multiply_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<BinaryF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::multiply_f32},
      {"avx2", kAvx2, avx2::multiply_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::multiply_f32},
#endif
      {"portable", {}, portable::multiply_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct ScaleShiftF32Kernels {
  static constexpr std::string_view kOp = "scale_shift_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<ScaleShiftF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::scale_shift_f32},
      {"avx2", kAvx2, avx2::scale_shift_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::scale_shift_f32},
#endif
      {"portable", {}, portable::scale_shift_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct AddU8F32Kernels {
  static constexpr std::string_view kOp = "add_u8_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<AddU8F32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::add_u8_f32},
      {"avx2", kAvx2, avx2::add_u8_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::add_u8_f32},
#endif
      {"portable", {}, portable::add_u8_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct AddU8Kernels {
  static constexpr std::string_view kOp = "add_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<AddU8Limited*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::add_u8},
      {"avx2", kAvx2, avx2::add_u8},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::add_u8},
#endif
      {"portable", {}, portable::add_u8},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
