#include "kernels/conv2d/conv2d_kernels.h"

#include <algorithm>
#include <cmath>

#include "kernels/conv2d/gemm_conv2d.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kLanes = 16;  // of the widest vectors
constexpr double kDirectProduct = 0.013, kRoundedProduct = 0.0045;

std::int64_t vectors_of(std::int64_t channels) { return (channels + kLanes - 1) / kLanes; }

// The side of Winograd's tiles that takes least time, or 0 where direct sums do. Nanoseconds for each pair of channels, of an image as high
// as wide: a product takes 0.009 of them, less well-fed ones of direct sums `direct_product`, and to read a weight 0.08. Measured with 16
// to 512 channels on 3x3 to 104x104 pixels; the same for all kernels, which therefore compute the same.
int winograd_side(const Conv2dShape& shape, std::int64_t out_pixels, double direct_product) {
  constexpr std::int64_t kFewestChannels = 12;
  constexpr double kWeight = 0.08, kProduct = 0.009;
  if (!winograd_has(shape) || std::min(shape.in_channels, shape.out_channels) < kFewestChannels) return 0;
  int best = 0;
  double least = 9 * kWeight + 9 * static_cast<double>(out_pixels) * direct_product;
  for (const int side : {2, 4}) {
    const double tiles_across = std::ceil(std::sqrt(static_cast<double>(out_pixels)) / side), weights = (side + 2) * (side + 2);
    const double found = weights * (kWeight + tiles_across * tiles_across * kProduct);
    if (found < least) least = found, best = side;
  }
  return best;
}

// Whether outputs are so few that vectors are fuller with an output for each tap; twice as full, as those are added up besides.
bool is_narrow(const Conv2dShape& shape) {
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  return narrow_has(shape) && shape.in_channels >= kLanes &&
         2 * vectors_of(taps * shape.out_channels) <= taps * vectors_of(shape.out_channels);
}

// Whether products of bf16 save more than it takes to round the image. Nanoseconds of a pixel: each product saves 0.0035, rounding takes
// 0.02 for each channel and 3.5 where the pixels below an output are not those of the next (nor inside a concatenation, which a shape
// does not tell). Measured with 1x1 layers of 8 to 576 channels
// on an AMD EPYC (Zen 5).
bool pays_to_round(const Conv2dShape& shape) {
  constexpr double kSaved = 0.0035, kPixel = 3.5, kChannel = 0.02;
  const bool in_one_run =
      shape.kernel_h == 1 && shape.kernel_w == 1 && shape.stride_h == 1 && shape.stride_w == 1 && shape.pad_top == 0 && shape.pad_left == 0;
  const std::int64_t products = shape.kernel_h * shape.kernel_w * shape.in_channels * vectors_of(shape.out_channels) * kLanes;
  return kSaved * static_cast<double>(products) > (in_one_run ? 0 : kPixel) + kChannel * static_cast<double>(shape.in_channels);
}

}  // namespace

std::unique_ptr<SummingConvolutionF32> make_conv2d_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                       std::span<const float> bias, const Activation& activation, const Isa& isa,
                                                       std::int64_t out_pixels) {
  if (is_narrow(shape)) return make_narrow_f32(shape, weights, bias, activation, isa);
  const int side = winograd_side(shape, out_pixels, kDirectProduct);
  return side != 0 ? make_winograd_f32(shape, weights, bias, activation, isa, side)
                   : make_direct_f32(shape, weights, bias, activation, isa);
}

std::unique_ptr<SummingConvolutionF32> make_direct_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                       std::span<const float> bias, const Activation& activation, const Isa& isa) {
  return std::make_unique<GemmConv2d<GemmF32Function>>(shape, weights, bias, activation, best_kernel<Conv2dF32Kernels>(isa));
}

std::unique_ptr<SummingConvolutionF32> make_conv2d_bf16(const Conv2dShape& shape, std::span<const float> weights,
                                                        std::span<const float> bias, const Activation& activation, const Isa& isa,
                                                        std::int64_t out_pixels) {
  if (!rounded_has(shape) || !pays_to_round(shape) || is_narrow(shape) || winograd_side(shape, out_pixels, kRoundedProduct) != 0)
    return make_conv2d_f32(shape, weights, bias, activation, isa, out_pixels);
  return make_direct_bf16(shape, weights, bias, activation, isa);
}

bool rounded_has(const Conv2dShape& shape) { return shape.in_channels % GemmBf16Function::kGroup == 0; }

std::unique_ptr<SummingConvolutionF32> make_direct_bf16(const Conv2dShape& shape, std::span<const float> weights,
                                                        std::span<const float> bias, const Activation& activation, const Isa& isa) {
  return std::make_unique<GemmConv2d<GemmBf16Function>>(shape, weights, bias, activation, best_kernel<Conv2dBf16Kernels>(isa));
}

}  // namespace octet::kernels
