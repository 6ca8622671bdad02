#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "kernels/arm/vec_neon.h"
#include "kernels/pool/pool_kernels.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

#include "kernels/pool/pool.inl"

}  // namespace octet::kernels::neon
