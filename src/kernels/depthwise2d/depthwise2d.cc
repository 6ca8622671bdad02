#include "kernels/depthwise2d/depthwise2d.h"

#include "kernels/depthwise2d/depthwise2d_kernels.h"

namespace octet::kernels {

std::unique_ptr<ConvolutionF32> make_depthwise2d_f32(const Depthwise2dShape& shape, std::span<const float> weights,
                                                     std::span<const float> bias, const Activation& activation, const Isa& isa) {
  const auto& kernel = best_kernel<Depthwise2dF32Kernels>(isa);
  return kernel.run(isa_of(kernel), shape, weights, bias, activation);
}

std::unique_ptr<ConvolutionU8> make_depthwise2d_u8(const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                                   std::span<const std::uint8_t> in_zero_point, const Requantization& requantization,
                                                   const Isa& isa) {
  const bool bytes = fit_into_bytes(weights);
  const auto& kernel =
      best_kernel<Depthwise2dU8Kernels>(isa, [&](const Depthwise2dU8Function& function) { return bytes || function.wide; });
  return kernel.run.make(isa_of(kernel), shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels
