#include <algorithm>
#include <cmath>

#include "kernels/covariance/covariance_kernels.h"

namespace octet::kernels::portable {
namespace {

// The sum of products of both halves.
std::int32_t product(std::int32_t a, std::int32_t b) {
  const auto low = [](std::int32_t word) { return static_cast<std::int16_t>(word & 0xffff); };
  return low(a) * low(b) + (a >> 16) * (b >> 16);
}

std::int32_t whole_steps(float steps) {
  const float bounded = std::min(std::max(-kMostSteps, steps), kMostSteps);
  return static_cast<std::int32_t>(bounded + std::copysign(0.5f, bounded));
}

}  // namespace

void pair_up_f32(const PlacePair& places, std::span<const float> steps, std::int32_t* words) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::int32_t low = whole_steps(places.first[i] / steps[i]), high = whole_steps(places.second[i] / steps[i]);
    words[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(high) << 16 | (static_cast<std::uint32_t>(low) & 0xffff));
  }
}

void add_column_products_i16(const PairedColumns& in, std::int32_t* products) {
  for (std::int64_t i = 0; i < in.columns; products += ++i)
    for (std::int64_t pair = 0; pair < in.pairs; ++pair) {
      const std::int32_t* const row = in.words + pair * in.columns;
      for (std::int64_t k = 0; k <= i; ++k) products[k] += product(row[i], row[k]);
    }
}

void add_scaled_rows_f64(const ScaledRows& add, std::span<double> to) {
  const auto& [a, b, c, d] = add.factors;
  const auto& [rows_a, rows_b, rows_c, rows_d] = add.rows;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = to[i] + a * rows_a[i] + b * rows_b[i] + c * rows_c[i] + d * rows_d[i];
}

}  // namespace octet::kernels::portable
