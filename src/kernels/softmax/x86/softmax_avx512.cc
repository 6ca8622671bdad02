#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/softmax/softmax_kernels.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

#include "kernels/softmax/softmax.inl"

}  // namespace octet::kernels::avx512
