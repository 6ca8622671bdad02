#pragma once

#include <memory>
#include <span>

#include "kernels/depthwise2d/depthwise2d.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// Each packs the weights as its kernel takes them; `isa` is that of the kernel.
#define OCTET_DEPTHWISE2D_F32                                                                                                    \
  std::unique_ptr<Depthwise2dF32> depthwise2d_f32(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights, \
                                                  std::span<const float> bias, const Activation& activation);
#define OCTET_DEPTHWISE2D_U8                                                                                                         \
  std::unique_ptr<Depthwise2dU8> depthwise2d_u8(const Isa& isa, const Depthwise2dShape& shape, std::span<const std::int8_t> weights, \
                                                std::span<const std::uint8_t> in_zero_point, const Requantization& requantization);

namespace portable {
OCTET_DEPTHWISE2D_F32
OCTET_DEPTHWISE2D_U8
}  // namespace portable
namespace avx2 {
OCTET_DEPTHWISE2D_F32
OCTET_DEPTHWISE2D_U8
}  // namespace avx2
namespace avx512 {
OCTET_DEPTHWISE2D_F32
OCTET_DEPTHWISE2D_U8
}  // namespace avx512
namespace avx512_vnni {
OCTET_DEPTHWISE2D_U8
}  // namespace avx512_vnni

#undef OCTET_DEPTHWISE2D_F32
#undef OCTET_DEPTHWISE2D_U8

// Float sums have one order at every level: taps column by column.
struct Depthwise2dF32Kernels {
  using Run = decltype(&portable::depthwise2d_f32);

  static constexpr std::string_view kOp = "depthwise2d_f32";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct Depthwise2dU8Kernels {
  using Run = decltype(&portable::depthwise2d_u8);

  static constexpr std::string_view kOp = "depthwise2d_u8";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
