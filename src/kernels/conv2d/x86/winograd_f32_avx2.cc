// The transforms of Winograd in floats with AVX2.
#include <cstdint>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/conv2d/winograd_f32.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

#include "kernels/conv2d/winograd_f32.inl"

}  // namespace octet::kernels::avx2
