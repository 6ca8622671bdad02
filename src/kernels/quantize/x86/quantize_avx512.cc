#include "kernels/quantize/quantize_kernels.h"
#include "kernels/x86/vec_avx512.h"

#define OCTET_TARGET OCTET_AVX512

namespace octet::kernels::avx512 {

namespace rest = avx2;
#include "kernels/quantize/quantize.inl"

}  // namespace octet::kernels::avx512
