#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/x86/vec_avx512.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

constexpr int kSpareRegisters = 25;
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_f32.inl"

}  // namespace octet::kernels::avx512
