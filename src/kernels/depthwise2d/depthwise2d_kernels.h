#pragma once

#include <memory>
#include <span>

#include "kernels/depthwise2d/depthwise2d.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;
struct RequantizationTable;

// Each packs the weights as its kernel takes them; `isa` is that of the kernel.
using MakeDepthwise2dF32 = std::unique_ptr<ConvolutionF32>(const Isa& isa, const Depthwise2dShape& shape, std::span<const float> weights,
                                                           std::span<const float> bias, const Activation& activation);
// Weights are those times the table's multipliers; its activation is one that make_quantizing_depthwise2d() takes.
using MakeQuantizingDepthwise2d = std::unique_ptr<QuantizingDepthwise2d>(const Isa& isa, const Depthwise2dShape& shape,
                                                                         std::span<const float> weights, const RequantizationTable& table);
using MakeDepthwise2dU8 = std::unique_ptr<ConvolutionU8>(const Isa& isa, const Depthwise2dShape& shape,
                                                         std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                                                         const Requantization& requantization);

namespace portable {
MakeDepthwise2dF32 depthwise2d_f32;
MakeQuantizingDepthwise2d quantizing_depthwise2d;
MakeDepthwise2dU8 depthwise2d_u8;
}  // namespace portable
namespace avx2 {
MakeDepthwise2dF32 depthwise2d_f32;
MakeQuantizingDepthwise2d quantizing_depthwise2d;
MakeDepthwise2dU8 depthwise2d_u8;
}  // namespace avx2
namespace avx2_vnni {
MakeDepthwise2dU8 depthwise2d_u8;
}  // namespace avx2_vnni
namespace avx512 {
MakeDepthwise2dF32 depthwise2d_f32;
MakeQuantizingDepthwise2d quantizing_depthwise2d;
MakeDepthwise2dU8 depthwise2d_u8;
}  // namespace avx512
namespace avx512_vnni {
MakeDepthwise2dU8 depthwise2d_u8;
}  // namespace avx512_vnni
namespace neon {
MakeDepthwise2dF32 depthwise2d_f32;
MakeQuantizingDepthwise2d quantizing_depthwise2d;
MakeDepthwise2dU8 depthwise2d_u8;
}  // namespace neon

struct Depthwise2dU8Function {
  bool wide;  // 16-bit operands
  MakeDepthwise2dU8* make;
};

// Float sums have one order at every level: taps column by column.
struct Depthwise2dF32Kernels {
  static constexpr std::string_view kOp = "depthwise2d_f32";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<MakeDepthwise2dF32*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::depthwise2d_f32},
      {"avx2", kAvx2, avx2::depthwise2d_f32},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::depthwise2d_f32},
#endif
      {"portable", {}, portable::depthwise2d_f32},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

// Float sums that become bytes.
struct QuantizingDepthwise2dKernels {
  static constexpr std::string_view kOp = "quantizing_depthwise2d";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<MakeQuantizingDepthwise2d*> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::quantizing_depthwise2d},
      {"avx2", kAvx2, avx2::quantizing_depthwise2d},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, neon::quantizing_depthwise2d},
#endif
      {"portable", {}, portable::quantizing_depthwise2d},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct Depthwise2dU8Kernels {
  static constexpr std::string_view kOp = "depthwise2d_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<Depthwise2dU8Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_vnni", kAvx512Vnni, {false, avx512_vnni::depthwise2d_u8}},
      {"avx512", kAvx512, {true, avx512::depthwise2d_u8}},
      {"avx2_vnni", kAvx2Vnni, {false, avx2_vnni::depthwise2d_u8}},
      {"avx2", kAvx2, {true, avx2::depthwise2d_u8}},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, {true, neon::depthwise2d_u8}},
#endif
      {"portable", {}, {true, portable::depthwise2d_u8}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
