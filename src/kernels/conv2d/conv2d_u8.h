#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_u8.h"

namespace octet::kernels {

// The convolution by one given level, for tests and benchmarks; make_conv2d_u8 takes the best of the table.
std::unique_ptr<Conv2dU8> make_conv2d_u8(const Conv2dShape& shape, std::span<const std::int8_t> weights, std::uint8_t in_zero_point,
                                         const Requantization& requantization, const GemmU8Level& level);

}  // namespace octet::kernels
