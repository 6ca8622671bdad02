#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "kernels/x86/vec_avx2.h"
#include "kernels/pool/pool_kernels.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

#include "kernels/pool/pool.inl"

}  // namespace octet::kernels::avx2
