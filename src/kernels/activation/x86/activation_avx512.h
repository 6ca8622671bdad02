#pragma once

#include "kernels/activation/activation.h"
#include "kernels/x86/vec_avx512.h"

// The activations for sixteen values a step, bit for bit those of activation_scalar.h.
namespace octet::kernels::avx512 {

#define OCTET_TARGET OCTET_AVX512
#include "kernels/activation/activation_formulas.inl"

namespace bundle {
namespace one = avx512;
inline constexpr int kParts = 12;
#include "kernels/activation/activation_bundle.inl"
}  // namespace bundle

#undef OCTET_TARGET

}  // namespace octet::kernels::avx512
