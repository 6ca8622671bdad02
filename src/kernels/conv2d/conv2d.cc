#include "kernels/conv2d/conv2d.h"

#include <limits>

#include "kernels/conv2d/conv2d_kernels.h"

namespace octet::kernels {

std::int64_t longest_integer_sum(std::span<const std::int16_t> weights) {
  return std::numeric_limits<std::int32_t>::max() / (255 * (fit_into_bytes(weights) ? 128 : kGreatestWeight));
}

namespace {

CpuFeatures needs_of(const Isa& isa, Factors factors) {
  switch (factors) {
    case Factors::kU8:
      return best_kernel<Conv2dU8Kernels>(isa).needs;
    case Factors::kF32:
      return best_kernel<Conv2dF32Kernels>(isa).needs;
    case Factors::kBf16:
      break;
  }
  return best_kernel<Conv2dBf16Kernels>(isa).needs;
}

}  // namespace

const Isa& isa_of_convolutions(const Isa& isa, Factors factors) { return first_available_isa_with(needs_of(isa, factors)); }

bool has_bf16(const Isa& isa) { return best_kernel<Conv2dBf16Kernels>(isa).needs != CpuFeatures{}; }

}  // namespace octet::kernels
