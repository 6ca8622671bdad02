#include <algorithm>
#include <cstring>

#include "kernels/x86/vec_avx512.h"
#include "kernels/covariance/covariance_kernels.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

namespace rest = portable;
#include "kernels/covariance/covariance.inl"

}  // namespace octet::kernels::avx512
