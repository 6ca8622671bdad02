#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/x86/vec_avx2.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

namespace rest = portable;
#include "kernels/elementwise/elementwise.inl"

}  // namespace octet::kernels::avx2
