#include "kernels/activation/arm/activation_neon.h"

#include "kernels/activation/activation_kernels.h"
#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

#include "kernels/activation/activation.inl"

}  // namespace octet::kernels::neon
