#include "kernels/statistics/statistics.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernels/statistics/statistics_kernels.h"
#include "kernels/test_image.h"

namespace octet::kernels {
namespace {

using test::Image;
using test::pick;

// Numbers, with a NaN or an infinity among them at times.
class AnyValue {
 public:
  explicit AnyValue(int seed) : random_(static_cast<std::uint32_t>(seed)) {}

  float operator()() {
    switch (random_() % 2000) {
      case 0:
        return std::numeric_limits<float>::quiet_NaN();
      case 1:
        return std::numeric_limits<float>::infinity();
      default:
        return static_cast<float>(random_() % 2000) / 7 - 100;
    }
  }

 private:
  std::mt19937 random_;
};

// One row of pixels without gaps, value(x, channel).
template <typename Value>
ChannelTotals totals_of_row(std::int64_t width, std::int64_t channels, const Isa& isa, const Value& value) {
  std::vector<float> values;
  for (std::int64_t x = 0; x < width; ++x)
    for (std::int64_t c = 0; c < channels; ++c) values.push_back(value(x, c));
  ChannelTotals totals(static_cast<std::size_t>(channels));
  add_pixels_f32({values.data(), 1, width, channels, channels}, totals, isa);
  return totals;
}

// NaN equals NaN.
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

RC_GTEST_PROP(AddPixels, GivesTheBitsOfTheReferenceByEveryKernel, ()) {
  const int channels = test::pick_channels();
  AnyValue any(pick(0, 1000000));
  std::vector<Image<float>> images;
  for (int i = pick(1, 3); i > 0; --i) images.push_back(Image<float>(pick(1, 4), pick(1, 150), channels).fill([&] { return any(); }));
  ChannelTotals expected(static_cast<std::size_t>(channels));
  for (const auto& image : images) add_pixels_f32_ref(image.view, expected);
  for (const Isa& isa : isas_of<AddPixelsKernels>()) {
    ChannelTotals found(static_cast<std::size_t>(channels));
    for (const auto& image : images) add_pixels_f32(image.view, found, isa);
    RC_ASSERT(found.min == expected.min);
    RC_ASSERT(found.max == expected.max);
    for (std::size_t c = 0; c < found.sum.size(); ++c) RC_ASSERT(same(found.sum[c], expected.sum[c]));
  }
}

TEST(AddPixels, FindsMinimumMaximumAndSumOfEachChannel) {
  constexpr std::int64_t kChannels = 45, kWidth = 701;  // more than two runs; blocks of every size
  for (const Isa& isa : isas_of<AddPixelsKernels>()) {
    const auto totals =
        totals_of_row(kWidth, kChannels, isa, [](std::int64_t x, std::int64_t c) { return static_cast<float>((c + 1) * (x - 300)); });
    for (std::size_t c = 0; c < kChannels; ++c) {
      const auto slope = static_cast<float>(c + 1);
      EXPECT_EQ(totals.min[c], -300 * slope);
      EXPECT_EQ(totals.max[c], 400 * slope);
      EXPECT_EQ(totals.sum[c], 50.0 * kWidth * static_cast<double>(slope));
    }
  }
}

TEST(AddPixels, LeavesNaNOutOfMinimumAndMaximum) {
  const auto value = [](std::int64_t x, std::int64_t c) {
    return x == c % 3 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(x);
  };
  for (const Isa& isa : isas_of<AddPixelsKernels>()) {
    const auto totals = totals_of_row(3, 9, isa, value);
    EXPECT_EQ(totals.min, (std::vector<float>{1, 0, 0, 1, 0, 0, 1, 0, 0}));
    EXPECT_EQ(totals.max, (std::vector<float>{2, 2, 1, 2, 2, 1, 2, 2, 1}));
  }
}

// A float alone would be off by hundreds.
TEST(AddPixels, SumsManyPixelsClosely) {
  for (const Isa& isa : isas_of<AddPixelsKernels>()) {
    const auto totals = totals_of_row(1 << 20, 1, isa, [](std::int64_t, std::int64_t) { return 0.1f; });
    EXPECT_NEAR(totals.sum[0], (1 << 20) * 0.1, 1);
  }
}

}  // namespace
}  // namespace octet::kernels
