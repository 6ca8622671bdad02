#include "kernels/depthwise2d/depthwise2d.h"

#include <vector>

#include "kernels/depthwise2d/depthwise2d_kernels.h"
#include "kernels/requantize_table.h"

namespace octet::kernels {
namespace {

std::vector<float> times_multipliers(const Depthwise2dShape& shape, std::span<const float> weights, const RequantizationTable& table) {
  const auto taps = static_cast<std::size_t>(shape.kernel_h * shape.kernel_w);
  std::vector<float> products(weights.begin(), weights.end());
  for (std::size_t i = 0; i < products.size(); ++i) products[i] *= table.multiplier[i / taps];
  return products;
}

}  // namespace

std::unique_ptr<ConvolutionF32> make_depthwise2d_f32(const Depthwise2dShape& shape, std::span<const float> weights,
                                                     std::span<const float> bias, const Activation& activation, const Isa& isa) {
  const auto& kernel = best_kernel<Depthwise2dF32Kernels>(isa);
  return kernel.run(isa_of(kernel), shape, weights, bias, activation);
}

std::unique_ptr<QuantizingDepthwise2d> make_quantizing_depthwise2d(const Depthwise2dShape& shape, std::span<const float> weights,
                                                                   const Requantization& requantization, const Isa& isa) {
  using Kind = Activation::Kind;
  const RequantizationTable table(requantization);
  const Activation& left = table.activation;  // of what is no limit
  const bool leaks = left.kind == Kind::kLeaky && left.a >= 0 && left.a <= 1;
  if (left.kind != Kind::kNone && left.kind != Kind::kSwish && left.kind != Kind::kHSwish && !leaks) return nullptr;
  const auto& kernel = best_kernel<QuantizingDepthwise2dKernels>(isa);
  return kernel.run(isa_of(kernel), shape, times_multipliers(shape, weights, table), table);
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
