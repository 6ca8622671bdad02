#include "kernels/arm/vec_neon.h"
#include "kernels/quantize/quantize_kernels.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

namespace rest = portable;
#include "kernels/quantize/quantize.inl"

}  // namespace octet::kernels::neon
