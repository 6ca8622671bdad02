#include "kernels/softmax/softmax.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/check.h"
#include "kernels/softmax/softmax_kernels.h"

namespace octet::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t kLengths[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 100};
constexpr std::int64_t kInners[] = {1, 3, 8, 19, 40};

std::vector<float> softmax(const RowsOf& rows, const std::vector<float>& in, const Isa& isa) {
  ThreadPool pool(1);
  std::vector<float> out(in.size());
  softmax_f32(rows, in, out, isa, pool);
  return out;
}

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

template <typename Visit>
void for_each_size(Visit visit) {
  for (const std::int64_t length : kLengths)
    for (const std::int64_t inner : kInners) visit(RowsOf{2, length, inner});
}

TEST(Softmax, GivesTheSameBitsAtEveryLevel) {
  Random random(1);
  for_each_size([&](const RowsOf& rows) {
    for (const float range : {3.0f, 100.0f}) {
      const std::vector<float> in = random.reals(rows.outer * rows.length * rows.inner, -range, range);
      const auto expected = bits_of(softmax(rows, in, isa_of(SoftmaxF32Kernels::kKernels[std::size(SoftmaxF32Kernels::kKernels) - 1])));
      for (const Isa& isa : isas_of<SoftmaxF32Kernels>())
        EXPECT_EQ(bits_of(softmax(rows, in, isa)), expected) << isa.name << ", " << rows.length << " of " << rows.inner;
    }
  });
}

TEST(Softmax, GivesNothingToMinusInfinity) {
  Random random(2);
  for_each_size([&](const RowsOf& rows) {
    if (rows.length == 1) return;
    std::vector<float> in = random.reals(rows.outer * rows.length * rows.inner, -3, 3);
    for (std::size_t i = 0; i < in.size(); ++i)  // every second along the axis, so that each column keeps a number
      if (static_cast<std::int64_t>(i) / rows.inner % rows.length % 2 == 1) in[i] = -kInfinity;
    std::vector<float> expected(in.size());
    softmax_f32_ref(rows, in, expected);
    for (const Isa& isa : isas_of<SoftmaxF32Kernels>()) {
      const std::vector<float> found = softmax(rows, in, isa);
      for (std::size_t i = 0; i < in.size(); ++i) {
        if (std::isinf(in[i]))
          EXPECT_EQ(found[i], 0.0f) << isa.name;
        else
          EXPECT_NEAR(found[i], expected[i], SoftmaxF32Kernels::kTolerance) << isa.name;
      }
    }
  });
}

// Which values are no numbers, of one with a NaN or infinities at one place.
TEST(Softmax, HandsOnWhatIsNoNumber) {
  Random random(3);
  for (const std::vector<float>& bad : {std::vector{kNan}, std::vector{kInfinity}, std::vector{kInfinity, kNan}})
    for_each_size([&](const RowsOf& rows) {
      for (std::int64_t place = 0; place < rows.length; ++place) {
        std::vector<float> in = random.reals(rows.outer * rows.length * rows.inner, -3, 3);
        for (std::size_t i = 0; i < bad.size(); ++i)
          in[static_cast<std::size_t>((place + static_cast<std::int64_t>(i)) % rows.length * rows.inner)] = bad[i];
        std::vector<float> expected(in.size());
        softmax_f32_ref(rows, in, expected);
        for (const Isa& isa : isas_of<SoftmaxF32Kernels>()) {
          const std::vector<float> found = softmax(rows, in, isa);
          for (std::size_t i = 0; i < in.size(); ++i)
            EXPECT_EQ(std::isnan(found[i]), std::isnan(expected[i])) << isa.name << ": " << place << " of " << rows.length << ", " << i;
        }
      }
    });
}

TEST(Softmax, OfMinusInfinityAloneIsNoNumber) {
  for_each_size([&](const RowsOf& rows) {
    const std::vector<float> in(static_cast<std::size_t>(rows.outer * rows.length * rows.inner), -kInfinity);
    for (const Isa& isa : isas_of<SoftmaxF32Kernels>())
      for (const float share : softmax(rows, in, isa)) EXPECT_TRUE(std::isnan(share)) << isa.name;
  });
}

}  // namespace
}  // namespace octet::kernels
