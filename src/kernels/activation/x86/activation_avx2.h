#pragma once

#include "kernels/activation/activation.h"
#include "kernels/x86/vec_avx2.h"

// The activations for eight values a step, bit for bit those of activation_scalar.h.
namespace octet::kernels::avx2 {

#define OCTET_TARGET OCTET_AVX2
#include "kernels/activation/activation_formulas.inl"

namespace bundle {
namespace one = avx2;
inline constexpr int kParts = 4;
#include "kernels/activation/activation_bundle.inl"
}  // namespace bundle

#undef OCTET_TARGET

}  // namespace octet::kernels::avx2
