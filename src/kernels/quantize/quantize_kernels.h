#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/kernel.h"

namespace octet::kernels {

class Random;

// One factor and zero point for all values.
struct QuantizeAll {
  float inv_scale = 1;
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

// Runs of elements that lie together, and pixels that become or were planes. "each": one value an element.
#define OCTET_QUANTIZE                                                                                                           \
  void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out);                             \
  void quantize_each(std::span<const float> in, std::span<const float> inv_scale, std::span<const std::uint8_t> zero_point,      \
                     std::span<std::uint8_t> out);                                                                               \
  void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out);             \
  void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point, \
                       std::span<float> out);
#define OCTET_TRANSPOSE                                                                                                                 \
  void interleave(const PlanarPixels& in, const ScaleShift& how, float* out, std::int64_t pixel_stride);                                \
  void interleave_quantized(const PlanarPixels& in, const ScaleShift& how, std::span<const std::uint8_t> zero_point, std::uint8_t* out, \
                            std::int64_t pixel_stride);                                                                                 \
  void separate(const float* in, std::int64_t pixel_stride, std::int64_t pixels, std::int64_t channels, float* out,                     \
                std::int64_t plane_stride);

namespace portable {
OCTET_QUANTIZE
OCTET_TRANSPOSE
}  // namespace portable
namespace avx2 {
OCTET_QUANTIZE
OCTET_TRANSPOSE
}  // namespace avx2
namespace avx512 {
OCTET_QUANTIZE
}  // namespace avx512

#undef OCTET_QUANTIZE
#undef OCTET_TRANSPOSE

struct QuantizeU8Functions {
  decltype(&portable::quantize_all) all;
  decltype(&portable::quantize_each) each;
};

struct QuantizeU8Kernels {
  using Run = QuantizeU8Functions;

  static constexpr std::string_view kOp = "quantize_u8";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct DequantizeU8Functions {
  decltype(&portable::dequantize_all) all;
  decltype(&portable::dequantize_each) each;
};

struct DequantizeU8Kernels {
  using Run = DequantizeU8Functions;

  static constexpr std::string_view kOp = "dequantize_u8";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct InterleaveKernels {
  using Run = decltype(&portable::interleave);

  static constexpr std::string_view kOp = "nhwc_from_nchw";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct InterleaveQuantizedKernels {
  using Run = decltype(&portable::interleave_quantized);

  static constexpr std::string_view kOp = "quantized_nhwc_from_nchw";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

struct SeparateKernels {
  using Run = decltype(&portable::separate);

  static constexpr std::string_view kOp = "nchw_from_nhwc";
  static constexpr double kTolerance = 0;
  static std::span<const Kernel<Run>> kernels();
  static double check(Random& random, const Isa& isa, ThreadPool& pool);
  static void add_benchmarks();
};

}  // namespace octet::kernels
