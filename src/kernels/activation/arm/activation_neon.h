#pragma once

#include "kernels/activation/activation.h"
#include "kernels/arm/vec_neon.h"

// The activations for four values a step, bit for bit those of activation_scalar.h.
namespace octet::kernels::neon {

#define OCTET_TARGET OCTET_NEON
#include "kernels/activation/activation_formulas.inl"

namespace bundle {
namespace one = neon;
inline constexpr int kParts = 4;
#include "kernels/activation/activation_bundle.inl"
}  // namespace bundle

#undef OCTET_TARGET

}  // namespace octet::kernels::neon
