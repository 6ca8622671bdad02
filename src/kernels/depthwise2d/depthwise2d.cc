#include "kernels/depthwise2d/depthwise2d.h"

#include "kernels/depthwise2d/depthwise2d_kernels.h"

namespace octet::kernels {

std::span<const Kernel<Depthwise2dF32Kernels::Run>> Depthwise2dF32Kernels::kernels() {
  static constexpr Kernel<Run> kKernels[] = {
#ifdef OCTET_X86
      {"avx512", kAvx512, avx512::depthwise2d_f32},
      {"avx2", kAvx2, avx2::depthwise2d_f32},
#endif
      {"portable", {}, portable::depthwise2d_f32},
  };
  return kKernels;
}

std::span<const Kernel<Depthwise2dU8Kernels::Run>> Depthwise2dU8Kernels::kernels() {
  static constexpr Kernel<Run> kKernels[] = {
#ifdef OCTET_X86
      {"avx512_vnni", kAvx512Vnni, avx512_vnni::depthwise2d_u8},
      {"avx512", kAvx512, avx512::depthwise2d_u8},
      {"avx2", kAvx2, avx2::depthwise2d_u8},
#endif
      {"portable", {}, portable::depthwise2d_u8},
  };
  return kKernels;
}

std::unique_ptr<Depthwise2dF32> make_depthwise2d_f32(const Depthwise2dShape& shape, std::span<const float> weights,
                                                     std::span<const float> bias, const Activation& activation, const Isa& isa) {
  const auto& kernel = best_kernel<Depthwise2dF32Kernels>(isa);
  return kernel.run(isa_of(kernel), shape, weights, bias, activation);
}

std::unique_ptr<Depthwise2dU8> make_depthwise2d_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights,
                                                   std::span<const std::uint8_t> in_zero_point, const Requantization& requantization,
                                                   const Isa& isa) {
  const auto& kernel = best_kernel<Depthwise2dU8Kernels>(isa);
  return kernel.run(isa_of(kernel), shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels
