// Winograd in floats with NEON.
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/winograd_f32.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

constexpr int kMostTiles = 12;
#include "kernels/conv2d/winograd_f32.inl"

namespace {

OCTET_OP Vec plus_product(Vec sum, Vec x, Vec y) { return fma(x, y, sum); }

}  // namespace

#include "kernels/conv2d/winograd_f32_product.inl"

}  // namespace octet::kernels::neon
