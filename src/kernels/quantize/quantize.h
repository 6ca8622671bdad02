#pragma once

#include <cstdint>
#include <span>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "kernels/view.h"

namespace octet::kernels {

// quantized = zero_point[c] + int(round_half_even(min(max(x / scale[c], -zero_point[c]), 255 - zero_point[c]))); NaN becomes 0. A division,
// as files define it: what lies in the middle of two steps by its formula does so in floats, which a product with 1 / scale would spoil.
// Both spans hold one value (for all channels) or both one a channel; zero points of channels are -32000..32000, as in requantize.h, that
// of all is a byte. The same bits at every level.
void quantize_u8(ImageView<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                 ImageView<std::uint8_t> out, const Isa& isa, ThreadPool& pool);

// real = (q - zero_point[c]) * scale[c].
void dequantize_u8(ImageView<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                   ImageView<float> out, const Isa& isa, ThreadPool& pool);

// Planar [C,H,W] floats <-> interleaved image. scale_shift as in elementwise.h; empty spans leave the values alone.
void nhwc_from_nchw(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset, ImageView<float> out,
                    const Isa& isa, ThreadPool& pool);
void nchw_from_nhwc(ImageView<const float> in, std::span<float> planar, const Isa& isa, ThreadPool& pool);

// The two of the input in one: t = fma(x, scale[c], offset[c]), then quantized as above with a scale of 1.
void quantized_nhwc_from_nchw(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset,
                              std::span<const std::uint8_t> zero_point, ImageView<std::uint8_t> out, const Isa& isa, ThreadPool& pool);

// The plain definitions, for tests and selftest.
void quantize_u8_ref(ImageView<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                     ImageView<std::uint8_t> out);
void dequantize_u8_ref(ImageView<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                       ImageView<float> out);
void nhwc_from_nchw_ref(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset, ImageView<float> out);
void nchw_from_nhwc_ref(ImageView<const float> in, std::span<float> planar);
void quantized_nhwc_from_nchw_ref(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset,
                                  std::span<const std::uint8_t> zero_point, ImageView<std::uint8_t> out);

}  // namespace octet::kernels
