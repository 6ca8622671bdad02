#include "kernels/conv2d/conv2d.h"

#include "kernels/conv2d/conv2d_kernels.h"

namespace octet::kernels {

const Isa& isa_of_convolutions(const Isa& isa, bool integer) {
  const CpuFeatures needs = integer ? best_kernel<Conv2dU8Kernels>(isa).needs : best_kernel<Conv2dF32Kernels>(isa).needs;
  return first_available_isa_with(needs);
}

}  // namespace octet::kernels
