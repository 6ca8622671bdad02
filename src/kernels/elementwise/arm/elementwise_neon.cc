#include "kernels/arm/vec_neon.h"
#include "kernels/elementwise/elementwise_kernels.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

namespace rest = portable;
#include "kernels/elementwise/elementwise.inl"

}  // namespace octet::kernels::neon
