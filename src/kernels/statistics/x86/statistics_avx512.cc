#include <algorithm>

#include "kernels/statistics/statistics_kernels.h"
#include "kernels/x86/vec_avx512.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

#include "kernels/statistics/statistics.inl"

}  // namespace octet::kernels::avx512
