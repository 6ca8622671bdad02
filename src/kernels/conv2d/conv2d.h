#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/activation/activation.h"
#include "kernels/requantize.h"
#include "kernels/view.h"

namespace octet::kernels {

// Sizes of a dense 2-D convolution. Output size follows from the caller's view.
struct Conv2dShape {
  std::int64_t in_channels = 0, out_channels = 0;
  std::int64_t kernel_h = 1, kernel_w = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0;
};

// A float convolution with bias and activation; weights packed once, immutable afterwards, safe to run from several sessions.
// Sums in float in the order of the level: results of two levels differ by rounding only.
class Conv2dF32 {
 public:
  virtual ~Conv2dF32() = default;
  virtual std::string_view name() const = 0;  // such as "avx2_6x16"
  virtual std::size_t packed_bytes() const = 0;
  // What a run that writes an image of `out_pixels` takes of the pool's scratch, for each thread.
  virtual std::size_t scratch_bytes(std::int64_t out_pixels) const = 0;
  // out = activate(conv(in) + bias [+ addend]); `addend.data` may be null; it may be `out` itself.
  virtual void run(ImageView<const float> in, ImageView<float> out, ImageView<const float> addend, ThreadPool& pool) const = 0;
};

// weights [O, I, kh, kw], bias [O] (or empty: zeros). The best implementation for `isa`.
std::unique_ptr<Conv2dF32> make_conv2d_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                           const Activation& activation, const Isa& isa);

// An integer convolution: sum over taps of (x - in_zero_point) * w, exact in 32 bits, then the requantization.
// Padding contributes nothing (it stands for the real value 0).
class Conv2dU8 {
 public:
  virtual ~Conv2dU8() = default;
  virtual std::string_view name() const = 0;
  virtual std::size_t packed_bytes() const = 0;
  // What a run that writes an image of `out_pixels` takes of the pool's scratch, for each thread.
  virtual std::size_t scratch_bytes(std::int64_t out_pixels) const = 0;
  virtual void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const = 0;
  virtual void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const = 0;  // !requantization.to_u8
};

// weights [O, I, kh, kw] in -128..127. I * kh * kw is at most 65,536, so that no sum leaves 32 bits.
std::unique_ptr<Conv2dU8> make_conv2d_u8(const Conv2dShape& shape, std::span<const std::int8_t> weights, std::uint8_t in_zero_point,
                                         const Requantization& requantization, const Isa& isa);

// The instruction set that convolutions run with where `isa` is allowed: those of u8 or those of floats. The name is one of
// available_isas().
const Isa& isa_of_convolutions(const Isa& isa, bool integer);

// The plain definitions, for tests and selftest.
void conv2d_f32_ref(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    ImageView<const float> in, ImageView<float> out, ImageView<const float> addend);
void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int8_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out);
void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int8_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out);

}  // namespace octet::kernels
