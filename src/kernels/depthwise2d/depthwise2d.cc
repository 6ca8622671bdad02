#include "kernels/depthwise2d/depthwise2d.h"

#include <algorithm>
#include <cmath>

#include "kernels/depthwise2d/depthwise2d_kernels.h"

namespace octet::kernels {

std::unique_ptr<ConvolutionF32> make_depthwise2d_f32(const Depthwise2dShape& shape, std::span<const float> weights,
                                                     std::span<const float> bias, const Activation& activation, const Isa& isa) {
  const auto& kernel = best_kernel<Depthwise2dF32Kernels>(isa);
  return kernel.run(isa_of(kernel), shape, weights, bias, activation);
}

std::optional<StepsToByte> steps_to_byte(const Activation& activation, float scale, std::uint8_t zero_point) {
  const float lowest = -static_cast<float>(zero_point), highest = 255.0f - static_cast<float>(zero_point);
  if (activation.kind == Activation::Kind::kLeaky && activation.a >= 0 && activation.a <= 1)
    return StepsToByte{activation.a, lowest, highest, zero_point};
  const auto limits = limits_of(activation);
  if (!limits || !(limits->lowest <= limits->highest)) return std::nullopt;
  const auto limited = [&](float limit) { return std::nearbyint(std::clamp(limit / scale, lowest, highest)); };
  return StepsToByte{1, limited(limits->lowest), limited(limits->highest), zero_point};
}

std::unique_ptr<QuantizingDepthwise2d> make_quantizing_depthwise2d(const Depthwise2dShape& shape, std::span<const float> weights,
                                                                   std::span<const float> bias, const StepsToByte& steps, const Isa& isa) {
  const auto& kernel = best_kernel<QuantizingDepthwise2dKernels>(isa);
  return kernel.run(isa_of(kernel), shape, weights, bias, steps);
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
