#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/softmax/softmax_kernels.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

#include "kernels/softmax/softmax.inl"

}  // namespace octet::kernels::avx2
