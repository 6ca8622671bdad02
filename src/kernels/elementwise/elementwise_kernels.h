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

#define OCTET_ELEMENTWISE_F32                                                                  \
  void add_f32(std::span<const float> a, std::span<const float> b, std::span<float> out);      \
  void multiply_f32(std::span<const float> a, std::span<const float> b, std::span<float> out); \
  void scale_shift_f32(std::span<const float> in, std::span<const float> scale, std::span<const float> offset, std::span<float> out);
// add_u8_f32: the sum before activation and quantization. add_u8: quantized, where the activation is no more than `limits`.
#define OCTET_ELEMENTWISE_U8                                                                                                 \
  void add_u8_f32(const AddU8& add, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out); \
  void add_u8(const AddU8& add, const U8Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,    \
              std::span<std::uint8_t> out);

namespace portable {
OCTET_ELEMENTWISE_F32
OCTET_ELEMENTWISE_U8
}  // namespace portable
namespace avx2 {
OCTET_ELEMENTWISE_F32
OCTET_ELEMENTWISE_U8
}  // namespace avx2
namespace avx512 {  // float sums wait for memory, not for the width of vectors
OCTET_ELEMENTWISE_U8
}  // namespace avx512

#undef OCTET_ELEMENTWISE_F32
#undef OCTET_ELEMENTWISE_U8

struct AddF32Kernels {
  using Run = decltype(&portable::add_f32);

  static constexpr std::string_view kOp = "add_f32";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct MultiplyF32Kernels {
  using Run = decltype(&portable::multiply_f32);

  static constexpr std::string_view kOp = "multiply_f32";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct ScaleShiftF32Kernels {
  using Run = decltype(&portable::scale_shift_f32);

  static constexpr std::string_view kOp = "scale_shift_f32";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct AddU8F32Kernels {
  using Run = decltype(&portable::add_u8_f32);

  static constexpr std::string_view kOp = "add_u8_f32";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct AddU8Kernels {
  using Run = decltype(&portable::add_u8);

  static constexpr std::string_view kOp = "add_u8";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
