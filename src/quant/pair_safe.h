#pragma once

#include <cstddef>
#include <span>

#include "quant/ranges.h"

namespace octet::quant {

// The most that the positive, and the negative, weights of two neighbouring inputs may sum to: times 255 it fits into 16 bits, so that a
// CPU with AVX2 alone multiplies them by vpmaddubsw exactly (kernels/conv2d/routes.h).
inline constexpr int kPairSafeSum = 128;

// Makes the weights of a 1x1 convolution, `channels` filters one behind the other, quantized as quantize_weights() did, pair-safe: inputs
// 0 and 1, 2 and 3, ... of each filter. A filter that is not takes a larger scale, or has the pairs in question reduced, whichever of some
// scales leaves the least squared error.
void make_pair_safe(std::span<const float> weights, std::size_t channels, WeightQuantization& quantized);

}  // namespace octet::quant
