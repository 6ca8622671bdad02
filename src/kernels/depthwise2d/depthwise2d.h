#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/cpu.h"
#include "kernels/activation/activation.h"
#include "kernels/convolution.h"
#include "kernels/requantize.h"
#include "kernels/view.h"

namespace octet::kernels {

// A convolution of each channel with a filter of its own (as many outputs as inputs).
struct Depthwise2dShape {
  std::int64_t channels = 0;
  std::int64_t kernel_h = 1, kernel_w = 1;
  std::int64_t stride_h = 1, stride_w = 1;
  std::int64_t dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0;
};

// weights [C, kh, kw], bias [C] (or empty). Any kernel size; 3x3 and 5x5, stride 1 and 2, have fast paths. The same bits by every kernel
// and on any number of threads: taps are added column by column, the bias first.
std::unique_ptr<ConvolutionF32> make_depthwise2d_f32(const Depthwise2dShape& shape, std::span<const float> weights,
                                                     std::span<const float> bias, const Activation& activation, const Isa& isa);

// The results of such a convolution as bytes.
class QuantizingDepthwise2d {
 public:
  virtual ~QuantizingDepthwise2d() = default;
  virtual std::string_view name() const = 0;
  // As of a ConvolutionF32 that takes rows.
  virtual void run(ImageView<const float> in, ImageView<std::uint8_t> out, ThreadPool& pool) const = 0;
};

// As requantize.h has it of t, which is the sum of the products with multiplier[c] * weight, begun with offset[c] (there is no other bias);
// NaN gives the byte of the lowest result. Nothing for an activation that is neither a clamp, a leak of 0 to 1, Swish nor HSwish. The same
// bits by every kernel: sums as of make_depthwise2d_f32.
std::unique_ptr<QuantizingDepthwise2d> make_quantizing_depthwise2d(const Depthwise2dShape& shape, std::span<const float> weights,
                                                                   const Requantization& requantization, const Isa& isa);

// Sum over taps of (x - in_zero_point[c]) * w, exact in 32 bits; padding contributes nothing. weights [C, kh, kw] as in convolution.h;
// in_zero_point has one value a channel, since inputs of depthwise convolutions may be quantized per channel.
std::unique_ptr<ConvolutionU8> make_depthwise2d_u8(const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                                   std::span<const std::uint8_t> in_zero_point, const Requantization& requantization,
                                                   const Isa& isa);

// The plain definitions, for tests and selftest.
void depthwise2d_f32_ref(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                         const Activation& activation, ImageView<const float> in, ImageView<float> out);
void depthwise2d_f32_ref(const Depthwise2dShape& shape, std::span<const float> weights, const Requantization& requantization,
                         ImageView<const float> in, ImageView<std::uint8_t> out);
void depthwise2d_u8_ref(const Depthwise2dShape& shape, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out);
void depthwise2d_u8_ref(const Depthwise2dShape& shape, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                        const Requantization& requantization, ImageView<const std::uint8_t> in, ImageView<float> out);

}  // namespace octet::kernels
