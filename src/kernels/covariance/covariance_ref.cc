// The definitions, number by number, and the checks of the kernels against them.
#include <algorithm>

#include "kernels/check.h"
#include "kernels/covariance/covariance.h"
#include "kernels/covariance/covariance_kernels.h"

namespace octet::kernels {

void pair_up_f32_ref(const PlacePair& places, std::span<const float> steps, std::span<std::int32_t> words) {
  const auto counted = [](float value, float step) {
    const float number = std::clamp(value / step, -kMostSteps, kMostSteps);
    return static_cast<std::int32_t>(number < 0 ? number - 0.5f : number + 0.5f);
  };
  for (std::size_t i = 0; i < steps.size(); ++i)
    words[i] = counted(places.second[i], steps[i]) * 65536 + (counted(places.first[i], steps[i]) & 0xffff);
}

void add_column_products_i16_ref(const PairedColumns& in, std::span<std::int32_t> products) {
  const auto number = [&](std::int64_t column, std::int64_t row) {
    const auto word = static_cast<std::uint32_t>(in.words[row / 2 * in.columns + column]);
    return static_cast<std::int16_t>(row % 2 == 0 ? word & 0xffff : word >> 16);
  };
  std::size_t at = 0;
  for (std::int64_t i = 0; i < in.columns; ++i)
    for (std::int64_t k = 0; k <= i; ++k, ++at)
      for (std::int64_t row = 0; row < 2 * in.pairs; ++row) products[at] += number(i, row) * number(k, row);
}

void add_scaled_rows_f64_ref(const ScaledRows& add, std::span<double> to) {
  for (std::size_t i = 0; i < to.size(); ++i)
    for (std::size_t row = 0; row < ScaledRows::kCount; ++row) {
      const double product = add.factors[row] * add.rows[row][i];
      to[i] += product;
    }
}

double PairUpKernels::check(Random& random, const Isa& isa, ThreadPool&) {
  const std::int64_t channels = random.between(1, 100);
  auto steps = random.reals(channels, 0.01f, 2), first = random.reals(channels, -300, 300), second = random.reals(channels, -1, 1);
  for (std::int64_t c = 0; c < channels; c += 5) first[c] = steps[c] * (static_cast<float>(random.between(-300, 300)) + 0.5f);
  std::vector<std::int32_t> expected(static_cast<std::size_t>(channels)), found = expected;
  const PlacePair places{first.data(), second.data()};
  pair_up_f32_ref(places, steps, expected);
  pair_up_f32(places, steps, found, isa);
  return difference<std::int32_t>(expected, found);
}

double ColumnProductsKernels::check(Random& random, const Isa& isa, ThreadPool&) {
  constexpr int kMost = 255;
  PairedColumns in{nullptr, random.between(0, 40), random.between(1, 100)};
  std::vector<std::int32_t> words(static_cast<std::size_t>(in.pairs * in.columns + kWordSlack));
  for (std::int32_t& word : words)
    word = static_cast<std::int32_t>(random.between(-kMost, kMost) * 65536 + (random.between(-kMost, kMost) & 0xffff));
  in.words = words.data();
  auto expected = random.integers<std::int32_t>(in.columns * (in.columns + 1) / 2, -1000, 1000), found = expected;
  add_column_products_i16_ref(in, expected);
  add_column_products_i16(in, found, isa);
  return difference<std::int32_t>(expected, found);
}

double ScaledRowsKernels::check(Random& random, const Isa& isa, ThreadPool&) {
  const std::int64_t count = random.between(0, 100);
  const auto numbers = [&](std::int64_t size) {
    const auto reals = random.reals(size, -10, 10);
    std::vector<double> values(reals.begin(), reals.end());
    for (double& value : values) value /= 3;
    return values;
  };
  ScaledRows add{};
  std::array<std::vector<double>, ScaledRows::kCount> rows;
  const auto factors = numbers(ScaledRows::kCount);
  for (std::size_t row = 0; row < ScaledRows::kCount; ++row) {
    rows[row] = numbers(count);
    add.rows[row] = rows[row].data();
    add.factors[row] = factors[row];
  }
  auto expected = numbers(count), found = expected;
  add_scaled_rows_f64_ref(add, expected);
  add_scaled_rows_f64(add, found, isa);
  return difference<double>(expected, found);
}

}  // namespace octet::kernels
