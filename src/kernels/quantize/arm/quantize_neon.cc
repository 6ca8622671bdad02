#include "kernels/quantize/quantize_kernels.h"
#include "kernels/arm/vec_neon.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

namespace rest = portable;
#include "kernels/quantize/quantize.inl"

}  // namespace octet::kernels::neon
