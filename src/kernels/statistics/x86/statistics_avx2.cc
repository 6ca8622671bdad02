#include <algorithm>

#include "kernels/statistics/statistics_kernels.h"
#include "kernels/x86/vec_avx2.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

#include "kernels/statistics/statistics.inl"

}  // namespace octet::kernels::avx2
