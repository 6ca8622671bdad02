#pragma once

#include <span>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_bf16.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/winograd_f32.h"
#include "kernels/conv2d/winograd_u8.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

struct Conv2dF32Kernels {
  static constexpr std::string_view kOp = "conv2d_f32";
  static constexpr double kTolerance = 256.0 / (1 << 24);  // more roundings of 2^-24 than any sum of the checks has
  static constexpr Kernel<GemmF32Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_12x32", kAvx512, {16, 12, 4, avx512::gemm_f32}},
      {"avx2_6x16", kAvx2, {8, 6, 2, avx2::gemm_f32}},
#endif
#ifdef OCTET_ARM
      {"neon_12x8", kNeon, {4, 12, 4, neon::gemm_f32}},
#endif
      {"portable_4x8", {}, {4, 4, 2, portable::gemm_f32}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct Conv2dBf16Kernels {
  static constexpr std::string_view kOp = "conv2d_bf16";
  static constexpr double kTolerance = 256.0 / (1 << 24);  // as of Conv2dF32Kernels: the factors are rounded in the reference, too
  static constexpr Kernel<GemmBf16Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_bf16_12x32", kAvx512Bf16, {16, 12, 4, avx512_bf16::gemm_bf16, avx512_bf16::round_run}},
#endif
      {"portable_bf16", {}, {4, 4, 2, portable::gemm_bf16, portable::round_run}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct WinogradF32Kernels {
  static constexpr std::string_view kOp = "winograd_f32";
  static constexpr double kTolerance = 256.0 / (1 << 24);  // as of Conv2dF32Kernels
  static constexpr Kernel<WinogradF32Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_winograd",
       kAvx512,
       {16,
        16,
        14,
        avx512::winograd_product_f32,
        {avx512::winograd_input_f32_2x2, avx512::winograd_weights_f32_2x2, avx512::winograd_output_f32_2x2},
        {avx512::winograd_input_f32_4x4, avx512::winograd_weights_f32_4x4, avx512::winograd_output_f32_4x4}}},
      {"avx2_winograd",
       kAvx2,
       {8,
        8,
        6,
        avx2::winograd_product_f32,
        {avx2::winograd_input_f32_2x2, avx2::winograd_weights_f32_2x2, avx2::winograd_output_f32_2x2},
        {avx2::winograd_input_f32_4x4, avx2::winograd_weights_f32_4x4, avx2::winograd_output_f32_4x4}}},
#endif
#ifdef OCTET_ARM
      {"neon_winograd",
       kNeon,
       {4,
        4,
        12,
        neon::winograd_product_f32,
        {neon::winograd_input_f32_2x2, neon::winograd_weights_f32_2x2, neon::winograd_output_f32_2x2},
        {neon::winograd_input_f32_4x4, neon::winograd_weights_f32_4x4, neon::winograd_output_f32_4x4}}},
#endif
      {"portable_winograd",
       {},
       {1,
        4,
        4,
        portable::winograd_product_f32,
        {portable::winograd_input_f32_2x2, portable::winograd_weights_f32_2x2, portable::winograd_output_f32_2x2},
        {portable::winograd_input_f32_4x4, portable::winograd_weights_f32_4x4, portable::winograd_output_f32_4x4}}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct Conv2dU8Kernels {
  static constexpr std::string_view kOp = "conv2d_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<GemmU8Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_amx_32x32", kAvx512Amx, {16, 16, false, avx512_amx::gemm_u8, false, true}},
      {"avx512_vnni_12x32", kAvx512Vnni, {16, 12, false, avx512_vnni::gemm_u8}},
      {"avx512_s16_12x32", kAvx512, {16, 12, true, avx512::gemm_u8}},
      {"avx2_vnni_6x16", kAvx2Vnni, {8, 6, false, avx2_vnni::gemm_u8}},
      {"avx2_s16_6x16", kAvx2, {8, 6, true, avx2::gemm_u8}},
#endif
#ifdef OCTET_ARM
      {"neon_i8mm_8x8", kNeonI8mm, {.lanes = 4, .tile_rows = 8, .wide = false, .run = neon_i8mm::gemm_u8, .eights = true}},
      {"neon_dotprod_8x8", kNeonDotprod, {.lanes = 4, .tile_rows = 8, .wide = false, .run = neon_dotprod::gemm_u8, .taken_off = 128}},
      {"neon_s16_8x8", kNeon, {4, 8, true, neon::gemm_u8}},
#endif
      {"portable_s16_4x8", {}, {4, 4, true, portable::gemm_u8}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

#ifdef OCTET_X86
// Beside that of words with the same needs, for weights that routes_pay() approves.
inline constexpr Kernel<GemmU8Function> kRoutedU8{"avx2_routed_4x16", kAvx2, {8, 4, false, avx2_routed::gemm_u8, true}};
#endif

struct WinogradU8Kernels {
  static constexpr std::string_view kOp = "winograd_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<WinogradU8Function> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_vnni_winograd",
       kAvx512Vnni,
       {16, 12, 32, avx512_vnni::winograd_input, avx512_vnni::winograd_weights, avx512_vnni::winograd_product,
        avx512_vnni::winograd_finish}},
      {"avx512_winograd",
       kAvx512,
       {16, 12, 32, avx512::winograd_input, avx512::winograd_weights, avx512::winograd_product, avx512::winograd_finish}},
      {"avx2_vnni_winograd",
       kAvx2Vnni,
       {8, 6, 16, avx2_vnni::winograd_input, avx2_vnni::winograd_weights, avx2_vnni::winograd_product, avx2_vnni::winograd_finish}},
      {"avx2_winograd", kAvx2, {8, 6, 16, avx2::winograd_input, avx2::winograd_weights, avx2::winograd_product, avx2::winograd_finish}},
#endif
#ifdef OCTET_ARM
      {"neon_winograd", kNeon, {4, 8, 8, neon::winograd_input, neon::winograd_weights, neon::winograd_product, neon::winograd_finish}},
#endif
      {"portable_winograd",
       {},
       {1, 1, 1, portable::winograd_input, portable::winograd_weights, portable::winograd_product, portable::winograd_finish}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

// Whether Winograd computes a convolution exactly: 3x3, stride and dilation 1, and weights that keep its results below 2^25.
bool winograd_fits(const Conv2dShape& shape, std::span<const std::int16_t> weights);
// How often Winograd for `isa` reads its weights and transforms them, by one thread, for an image of so many tiles.
std::int64_t winograd_readings(const Conv2dShape& shape, std::int64_t tiles, const Isa& isa);

// By the products of all taps with each pixel, which then are added up where they belong: for few outputs, which would leave most lanes of
// a vector empty.
bool narrow_has(const Conv2dShape& shape);
std::unique_ptr<SummingConvolutionF32> make_narrow_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                       std::span<const float> bias, const Activation& activation, const Isa& isa);

// make_conv2d_f32() chooses among them: direct sums, and Winograd of tiles of 2x2 or 4x4 where winograd_has() the shape.
std::unique_ptr<SummingConvolutionF32> make_direct_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                       std::span<const float> bias, const Activation& activation, const Isa& isa);
std::unique_ptr<SummingConvolutionF32> make_winograd_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                         std::span<const float> bias, const Activation& activation, const Isa& isa,
                                                         int tile);

// Direct sums of rounded factors, of shapes whose channels come in pairs.
bool rounded_has(const Conv2dShape& shape);
std::unique_ptr<SummingConvolutionF32> make_direct_bf16(const Conv2dShape& shape, std::span<const float> weights,
                                                        std::span<const float> bias, const Activation& activation, const Isa& isa);

// make_conv2d_u8() chooses between the two: sums of products tap by tap, and Winograd, of which winograd_fits() must hold.
std::unique_ptr<ConvolutionU8> make_direct_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                              const Requantization& requantization, const Isa& isa);
std::unique_ptr<ConvolutionU8> make_winograd_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                                const Requantization& requantization, const Isa& isa);

}  // namespace octet::kernels
