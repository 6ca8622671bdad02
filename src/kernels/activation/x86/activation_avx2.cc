#include "kernels/activation/x86/activation_avx2.h"

#include "kernels/activation/activation_kernels.h"
#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

#include "kernels/activation/activation.inl"

}  // namespace octet::kernels::avx2
