// Integer matrix product in plain C++: 4 rows by 2 vectors of 4 channels, two 16-bit products a step.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/quantize/quantize_value.h"
#include "kernels/requantize_scalar.h"

namespace octet::kernels::portable {
namespace {

constexpr int kRows = 4, kLanes = 4;
using Sums = std::int32_t[kRows][2 * kLanes];

template <int kWidth>
void multiply_tile(const GemmU8& gemm, std::int64_t row, Sums& acc) {
  const std::int16_t* a[kRows];
  for (int r = 0; r < kRows; ++r) {
    a[r] = static_cast<const std::int16_t*>(gemm.a) + std::min(row + r, gemm.rows - 1) * gemm.a_stride;  // rows beyond the last repeat it
    std::copy_n(gemm.start, kWidth, acc[r]);
  }
  const auto* w = static_cast<const std::int16_t*>(gemm.weights);
  for (std::int64_t g = 0; g < gemm.groups; ++g, w += 2 * kWidth) {
    const std::int64_t at = g / gemm.run_groups * gemm.run_step + g % gemm.run_groups * 2;
    for (int r = 0; r < kRows; ++r) {
      const std::int32_t x0 = a[r][at], x1 = a[r][at + 1];
      // The sums wrap on their way, as they do in vectors; the last one is within range.
      for (int c = 0; c < kWidth; ++c)
        acc[r][c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(acc[r][c]) +
                                              static_cast<std::uint32_t>(x0 * w[2 * c] + x1 * w[2 * c + 1]));
    }
  }
}

template <typename Finish>
void run_tiles(const GemmU8& gemm, Finish finish) {
  Sums acc;
  for (std::int64_t row = 0; row < gemm.rows; row += kRows) {
    gemm.vectors == 2 ? multiply_tile<2 * kLanes>(gemm, row, acc) : multiply_tile<kLanes>(gemm, row, acc);
    for (std::int64_t r = 0; r < kRows && row + r < gemm.rows; ++r)
      for (std::int64_t c = 0; c < gemm.channels; ++c) finish(row + r, c, gemm.first_channel + static_cast<std::size_t>(c), acc[r][c]);
  }
}

}  // namespace

void gemm_u8(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  if (gemm.out_u8 != nullptr)
    with_requantization(table, [&](auto kind, auto plain) {
      run_tiles(gemm, [&](std::int64_t row, std::int64_t c, std::size_t channel, std::int32_t sum) {
        gemm.out_u8[row * gemm.out_stride + c] = scalar::requantize_u8<kind(), plain()>(table, channel, sum);
      });
    });
  else
    with_kind(table.activation.kind, [&](auto kind) {
      run_tiles(gemm, [&](std::int64_t row, std::int64_t c, std::size_t channel, std::int32_t sum) {
        float result = scalar::requantize_real<kind()>(table, channel, sum);
        if (gemm.addend != nullptr) result += gemm.addend[row * gemm.addend_stride + c];
        if (gemm.out_f32 != nullptr) gemm.out_f32[row * gemm.out_stride + c] = result;
        if (gemm.copy_u8 != nullptr)
          gemm.copy_u8[row * gemm.copy_stride + c] = quantize_value(result * gemm.copy_inv_scale, gemm.copy_zero_point);
      });
    });
}

}  // namespace octet::kernels::portable
