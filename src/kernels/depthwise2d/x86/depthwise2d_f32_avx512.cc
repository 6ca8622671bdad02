#include <algorithm>
#include <utility>

#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/depthwise2d/depthwise2d_rows.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

constexpr int kMostRows = 4, kKeptWeights = 9;
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_f32.inl"

}  // namespace octet::kernels::avx512
