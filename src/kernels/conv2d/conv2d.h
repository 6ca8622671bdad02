#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/cpu.h"
#include "kernels/activation/activation.h"
#include "kernels/convolution.h"
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

// activate(conv(in) + bias): weights [O, I, kh, kw], bias [O] (or empty: zeros). By the best kernel for `isa` where an image of
// `out_pixels` is written; others are written as well. Kernels sum in floats, each in its order: the results of two differ by rounding
// only. What an image gives does not depend on the number of threads.
std::unique_ptr<SummingConvolutionF32> make_conv2d_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                       std::span<const float> bias, const Activation& activation, const Isa& isa,
                                                       std::int64_t out_pixels);

// The same where less precise products will do: image and weights are rounded to bfloat16 (bf16.h) in layers where that saves time, and
// sums, bias and activation stay floats. Depth in pairs of channels and no quicker way in floats (Winograd, few outputs) decide.
std::unique_ptr<SummingConvolutionF32> make_conv2d_bf16(const Conv2dShape& shape, std::span<const float> weights,
                                                        std::span<const float> bias, const Activation& activation, const Isa& isa,
                                                        std::int64_t out_pixels);

// Whether `isa` has instructions for products of bfloat16; make_conv2d_bf16() computes without them, but slowly.
bool has_bf16(const Isa& isa);

// Products of bytes with these weights of which a sum is sure to stay within 32 bits.
std::int64_t longest_integer_sum(std::span<const std::int16_t> weights);

// Sum over taps of (x - in_zero_point) * w, exact in 32 bits, then the requantization. Padding contributes nothing (it stands for the real
// value 0). weights [O, I, kh, kw] as in convolution.h; I * kh * kw is at most longest_integer_sum(weights), so that no sum leaves 32 bits.
// By the best kernel for `isa` where an image of `out_pixels` is written; others are written as well.
std::unique_ptr<ConvolutionU8> make_conv2d_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                              const Requantization& requantization, const Isa& isa, std::int64_t out_pixels);

// The same that adds to its float results and makes bytes of them; by direct sums.
std::unique_ptr<SummingConvolutionU8> make_summing_conv2d_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights,
                                                             std::uint8_t in_zero_point, const Requantization& requantization,
                                                             const Isa& isa);

// The instruction set that convolutions of such factors run with where `isa` is allowed. The name is one of available_isas().
const Isa& isa_of_convolutions(const Isa& isa, Factors factors);

// The plain definitions, for tests and selftest.
void conv2d_f32_ref(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    ImageView<const float> in, ImageView<float> out);
// Of image and weights rounded to bfloat16, with exact sums.
void conv2d_bf16_ref(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                     ImageView<const float> in, ImageView<float> out);
void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out);
void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out);
void conv2d_u8_ref(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, ImageView<const std::uint8_t> in, const FloatResults& results);

}  // namespace octet::kernels
