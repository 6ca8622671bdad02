#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/activation/arm/activation_neon.h"
#include "kernels/softmax/softmax_kernels.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

#include "kernels/softmax/softmax.inl"

}  // namespace octet::kernels::neon
