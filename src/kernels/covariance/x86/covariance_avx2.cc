#include <algorithm>
#include <cstring>

#include "kernels/x86/vec_avx2.h"
#include "kernels/covariance/covariance_kernels.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

namespace rest = portable;
#include "kernels/covariance/covariance.inl"

}  // namespace octet::kernels::avx2
