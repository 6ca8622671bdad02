#pragma once

#include "kernels/activation/activation.h"
#include "kernels/arm/vec_neon.h"

// The activations for four values a step, bit for bit those of activation_scalar.h.
namespace octet::kernels::neon {

#define OCTET_TARGET OCTET_NEON
#include "kernels/activation/activation_formulas.inl"
#undef OCTET_TARGET

}  // namespace octet::kernels::neon
