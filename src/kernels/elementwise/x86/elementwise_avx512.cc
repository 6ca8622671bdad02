#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/x86/vec_avx512.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

namespace rest = avx2;
#include "kernels/elementwise/elementwise.inl"

}  // namespace octet::kernels::avx512
