#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/x86/vec_avx2.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

constexpr int kSpareRegisters = 9;
#include "kernels/depthwise2d/depthwise2d_walk.inl"
#include "kernels/depthwise2d/depthwise2d_f32.inl"

}  // namespace octet::kernels::avx2
