#pragma once

#include <memory>
#include <span>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_f32.h"

namespace octet::kernels {

// The convolution by one given level, for tests and benchmarks; make_conv2d_f32 takes the best of the table.
std::unique_ptr<Conv2dF32> make_conv2d_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                           const Activation& activation, const GemmF32Level& level);

}  // namespace octet::kernels
