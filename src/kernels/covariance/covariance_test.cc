#include "kernels/covariance/covariance.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/covariance/covariance_kernels.h"
#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using test::pick;

std::int32_t word(int first, int second) { return static_cast<std::int32_t>(second * 65536 + (first & 0xffff)); }

// `number()` for both halves of each word, those behind the last as well.
template <typename Number>
std::vector<std::int32_t> words_of(const PairedColumns& shape, const Number& number) {
  std::vector<std::int32_t> words(static_cast<std::size_t>(shape.pairs * shape.columns + kWordSlack));
  for (std::int32_t& each : words) each = word(number(), number());
  return words;
}

RC_GTEST_PROP(PairUp, CountsAsTheReferenceByEveryKernel, ()) {
  const auto channels = static_cast<std::size_t>(test::pick_channels());
  std::vector<float> first(channels), second(channels), steps(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    steps[c] = static_cast<float>(pick(1, 100)) / 16.0f;
    first[c] = static_cast<float>(pick(-600, 600)) / 2.0f * steps[c];  // halves and what is out of bounds among them
    second[c] = static_cast<float>(pick(-1000, 1000)) / 7.0f;
  }
  std::vector<std::int32_t> expected(channels);
  pair_up_f32_ref({first.data(), second.data()}, steps, expected);
  for (const Isa& isa : isas_of<PairUpKernels>()) {
    std::vector<std::int32_t> found(channels);
    pair_up_f32({first.data(), second.data()}, steps, found, isa);
    RC_ASSERT(found == expected);
  }
}

TEST(PairUp, RoundsHalvesAwayFromZeroAndStaysInBounds) {
  const std::vector<float> first{1, -1, 3, -1e30f, 0}, second{0.9f, -0.9f, -3, 1e30f, 1000}, steps{2, 2, 2, 1, 1};
  for (const Isa& isa : isas_of<PairUpKernels>()) {
    std::vector<std::int32_t> words(steps.size());
    pair_up_f32({first.data(), second.data()}, steps, words, isa);
    EXPECT_EQ(words, (std::vector<std::int32_t>{word(1, 0), word(-1, 0), word(2, -2), word(-255, 255), word(0, 255)})) << isa.name;
  }
}

RC_GTEST_PROP(ColumnProducts, AreThoseOfTheReferenceByEveryKernel, ()) {
  PairedColumns in{nullptr, pick(0, 40), test::pick_channels()};
  const int most = pick(0, 1) ? 255 : 3;
  const auto words = words_of(in, [most] { return pick(-most, most); });
  in.words = words.data();
  std::vector<std::int32_t> before(static_cast<std::size_t>(in.columns * (in.columns + 1) / 2));
  for (std::int32_t& each : before) each = pick(-100, 100);
  auto expected = before;
  add_column_products_i16_ref(in, expected);
  for (const Isa& isa : isas_of<ColumnProductsKernels>()) {
    auto found = before;
    add_column_products_i16(in, found, isa);
    RC_ASSERT(found == expected);
  }
}

TEST(ColumnProducts, AddUpBothHalvesOfEachWord) {
  std::vector<std::int32_t> words(4 + kWordSlack);
  words[0] = word(1, 2), words[1] = word(-3, 4);
  words[2] = word(5, -6), words[3] = word(255, -255);
  for (const Isa& isa : isas_of<ColumnProductsKernels>()) {
    std::vector<std::int32_t> products{100, 0, 0};
    add_column_products_i16({words.data(), 2, 2}, products, isa);
    EXPECT_EQ(products, (std::vector<std::int32_t>{100 + 1 + 4 + 25 + 36, -3 + 8 + 5 * 255 + 6 * 255, 9 + 16 + 2 * 255 * 255})) << isa.name;
  }
}

RC_GTEST_PROP(ScaledRows, GiveTheBitsOfTheReferenceByEveryKernel, ()) {
  const auto count = static_cast<std::size_t>(pick(0, 70));
  const auto numbers = [count] {
    std::vector<double> values(count);
    for (double& value : values) value = pick(-1000, 1000) / 7.0;
    return values;
  };
  std::array<std::vector<double>, ScaledRows::kCount> rows;
  ScaledRows add{};
  for (std::size_t row = 0; row < ScaledRows::kCount; ++row) {
    rows[row] = numbers();
    add.rows[row] = rows[row].data();
    add.factors[row] = pick(-1000, 1000) / 3.0;
  }
  const auto before = numbers();
  auto expected = before;
  add_scaled_rows_f64_ref(add, expected);
  for (const Isa& isa : isas_of<ScaledRowsKernels>()) {
    auto found = before;
    add_scaled_rows_f64(add, found, isa);
    RC_ASSERT(found == expected);
  }
}

// 1 + 2^53 is 2^53, so that 1 is lost before -2^53 comes; a fused product would keep what rounding takes.
TEST(ScaledRows, AreAddedInTheirOrderAndRoundedEach) {
  const double one = 1, large = 9007199254740992.0, third = 1.0 / 3;
  for (const Isa& isa : isas_of<ScaledRowsKernels>()) {
    for (const std::size_t count : {1, 8}) {
      const std::vector<double> ones(count, one), larges(count, large), thirds(count, third);
      std::vector<double> to(count);
      add_scaled_rows_f64({{1, 1, -1, 3}, {ones.data(), larges.data(), larges.data(), thirds.data()}}, to, isa);
      for (const double each : to) EXPECT_EQ(each, 1) << isa.name;
    }
  }
}

}  // namespace
}  // namespace octet::kernels
