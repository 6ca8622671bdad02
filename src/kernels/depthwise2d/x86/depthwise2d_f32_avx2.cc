#include <algorithm>
#include <utility>

#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/depthwise2d/depthwise2d_rows.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

constexpr int kMostRows = 2, kKeptWeights = 0;
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_f32.inl"

}  // namespace octet::kernels::avx2
