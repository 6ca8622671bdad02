#include "kernels/conv2d/conv2d.h"

#include <limits>

#include "kernels/conv2d/conv2d_kernels.h"

namespace octet::kernels {

std::int64_t longest_integer_sum(std::span<const std::int16_t> weights) {
  return std::numeric_limits<std::int32_t>::max() / (255 * (fit_into_bytes(weights) ? 128 : kGreatestWeight));
}

const Isa& isa_of_convolutions(const Isa& isa, bool integer) {
  const CpuFeatures needs = integer ? best_kernel<Conv2dU8Kernels>(isa).needs : best_kernel<Conv2dF32Kernels>(isa).needs;
  return first_available_isa_with(needs);
}

}  // namespace octet::kernels
