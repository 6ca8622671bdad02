#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// One scale and zero point for all values.
struct QuantizeAll {
  float scale = 1;
  std::uint8_t zero_point = 0;
};

// A run of values that lie together, by the best kernel for `isa`.
void quantize_run(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out, const Isa& isa);

// Pixels that follow each other in the planes of their channels.
struct PlanarPixels {
  const float* data = nullptr;  // channel 0 of the first pixel
  std::int64_t plane_stride = 0, pixels = 0, channels = 0;
};

// What is done to a channel of the pixels; spans may be empty, or hold one value a channel.
struct ScaleShift {
  std::span<const float> scale, offset;
};

// Runs of elements that lie together; one scale and zero point for all of them, or one for each.
using QuantizeAllU8 = void(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out);
using QuantizeEachU8 = void(std::span<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                            std::span<std::uint8_t> out);
using DequantizeAllU8 = void(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out);
using DequantizeEachU8 = void(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                              std::span<float> out);
// Pixels that become or were planes.
using Interleave = void(const PlanarPixels& in, const ScaleShift& how, float* out, std::int64_t pixel_stride);
using InterleaveQuantized = void(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point, std::uint8_t* out,
                                 std::int64_t pixel_stride);
using Separate = void(const float* in, std::int64_t pixel_stride, std::int64_t pixels, std::int64_t channels, float* out,
                      std::int64_t plane_stride);

namespace portable {
QuantizeAllU8 quantize_all;
QuantizeEachU8 quantize_each;
DequantizeAllU8 dequantize_all;
DequantizeEachU8 dequantize_each;
Interleave interleave;
InterleaveQuantized interleave_quantized;
Separate separate;
}  // namespace portable
namespace avx2 {
QuantizeAllU8 quantize_all;
QuantizeEachU8 quantize_each;
DequantizeAllU8 dequantize_all;
DequantizeEachU8 dequantize_each;
Interleave interleave;
InterleaveQuantized interleave_quantized;
Separate separate;
}  // namespace avx2
namespace avx512 {
QuantizeAllU8 quantize_all;
QuantizeEachU8 quantize_each;
DequantizeAllU8 dequantize_all;
DequantizeEachU8 dequantize_each;
}  // namespace avx512
namespace neon {
QuantizeAllU8 quantize_all;
QuantizeEachU8 quantize_each;
DequantizeAllU8 dequantize_all;
DequantizeEachU8 dequantize_each;
}  // namespace neon

struct QuantizeU8Functions {
  QuantizeAllU8* all;
  QuantizeEachU8* each;
};

struct QuantizeU8Kernels {
  static constexpr std::string_view kOp = "quantize_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<QuantizeU8Functions> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, {avx512::quantize_all, avx512::quantize_each}},
      {"avx2", kAvx2, {avx2::quantize_all, avx2::quantize_each}},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, {neon::quantize_all, neon::quantize_each}},
#endif
      {"portable", {}, {portable::quantize_all, portable::quantize_each}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct DequantizeU8Functions {
  DequantizeAllU8* all;
  DequantizeEachU8* each;
};

struct DequantizeU8Kernels {
  static constexpr std::string_view kOp = "dequantize_u8";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<DequantizeU8Functions> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, {avx512::dequantize_all, avx512::dequantize_each}},
      {"avx2", kAvx2, {avx2::dequantize_all, avx2::dequantize_each}},
#endif
#ifdef OCTET_ARM
      {"neon", kNeon, {neon::dequantize_all, neon::dequantize_each}},
#endif
      {"portable", {}, {portable::dequantize_all, portable::dequantize_each}},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct InterleaveKernels {
  static constexpr std::string_view kOp = "nhwc_from_nchw";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<Interleave*> kKernels[] = {
#ifdef OCTET_X86
      {"avx2", kAvx2, avx2::interleave},
#endif
      {"portable", {}, portable::interleave},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct InterleaveQuantizedKernels {
  static constexpr std::string_view kOp = "quantized_nhwc_from_nchw";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<InterleaveQuantized*> kKernels[] = {
#ifdef OCTET_X86
      {"avx2", kAvx2, avx2::interleave_quantized},
#endif
      {"portable", {}, portable::interleave_quantized},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct SeparateKernels {
  static constexpr std::string_view kOp = "nchw_from_nhwc";
  static constexpr double kTolerance = 0;
  static constexpr Kernel<Separate*> kKernels[] = {
#ifdef OCTET_X86
      {"avx2", kAvx2, avx2::separate},
#endif
      {"portable", {}, portable::separate},
  };
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
