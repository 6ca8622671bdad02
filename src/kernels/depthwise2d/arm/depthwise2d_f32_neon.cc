#include <algorithm>
#include <utility>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/depthwise2d/depthwise2d_rows.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

constexpr int kMostRows = 4, kKeptWeights = 9;
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_f32.inl"

}  // namespace octet::kernels::neon
