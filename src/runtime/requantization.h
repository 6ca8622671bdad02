#pragma once

#include <span>

#include "kernels/requantize.h"
#include "runtime/fusion.h"

namespace octet {

// The kernel's epilogue for sums whose unit is `sum_scale[c]`: real = sum * sum_scale[c] + bias[c], the activation, and the
// step into the output's quantization (null: float). One over the output scale is folded in where the activation allows it.
kernels::Requantization make_requantization(std::span<const double> sum_scale, const Epilogue& epilogue);

// Leaves out limits of a clamp (or a ReLU) that the range of the quantized output implies; `inv_scale` is in output units.
kernels::Activation without_implied_limits(kernels::Activation activation, float inv_scale, int zero_point);

}  // namespace octet
