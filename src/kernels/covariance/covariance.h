#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu.h"

namespace octet::kernels {

// Columns of whole numbers of 16 bits, in words of two: `pairs` rows of `columns` words, of which each holds two numbers of its column, the
// first in the lower half. Kernels may read kWordSlack words behind the last.
struct PairedColumns {
  const std::int32_t* words;
  std::int64_t pairs, columns;
};
inline constexpr std::int64_t kWordSlack = 32;

// Values of two places, counted in steps: each over its step, within kMostSteps, plus a half of its sign, cut to a whole number. words[i]
// holds both of channel i, as PairedColumns has them. All spans are as long. On the caller's thread alone.
inline constexpr float kMostSteps = 255;
struct PlacePair {
  const float *first, *second;
};
void pair_up_f32(const PlacePair& places, std::span<const float> steps, std::span<std::int32_t> words, const Isa& isa);

// products[i * (i + 1) / 2 + k] += the sum of products of columns i and k, for all k <= i. Exact where all sums stay within 32 bits. On the
// caller's thread alone.
void add_column_products_i16(const PairedColumns& in, std::span<std::int32_t> products, const Isa& isa);

// Rows of doubles and their factors.
struct ScaledRows {
  static constexpr std::size_t kCount = 4;
  std::array<double, kCount> factors;
  std::array<const double*, kCount> rows;
};

// to[i] += factors[r] * rows[r][i], for one row after the other. Product and sum are rounded each, so that the bits are the same at every
// level. On the caller's thread alone.
void add_scaled_rows_f64(const ScaledRows& add, std::span<double> to, const Isa& isa);

// The plain definitions, for tests and selftest.
void pair_up_f32_ref(const PlacePair& places, std::span<const float> steps, std::span<std::int32_t> words);
void add_column_products_i16_ref(const PairedColumns& in, std::span<std::int32_t> products);
void add_scaled_rows_f64_ref(const ScaledRows& add, std::span<double> to);

}  // namespace octet::kernels
