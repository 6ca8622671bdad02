#include <algorithm>
#include <cstring>

#include "kernels/arm/vec_neon.h"
#include "kernels/covariance/covariance_kernels.h"

#define OCTET_TARGET OCTET_NEON

namespace octet::kernels::neon {

namespace rest = portable;
#include "kernels/covariance/covariance.inl"

}  // namespace octet::kernels::neon
