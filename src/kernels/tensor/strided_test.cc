#include "kernels/tensor/strided.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace octet::kernels {
namespace {

TEST(SimplifiedWalk, JoinsAxesThatLieTogether) {
  const auto joined = simplified(Walk<1>{{2, 3, 1, 4}, {{12, 4, 7, 1}}});
  EXPECT_EQ(joined.sizes, std::vector<std::int64_t>{24});
  EXPECT_EQ(joined.strides[0], std::vector<std::int64_t>{1});
  const auto broadcast = simplified(Walk<2>{{2, 3, 4}, {{12, 4, 1}, {0, 0, 1}}});
  EXPECT_EQ(broadcast.sizes, (std::vector<std::int64_t>{6, 4}));
  EXPECT_EQ(broadcast.strides[1], (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(simplified(Walk<1>{}).sizes, std::vector<std::int64_t>{1});
}

// Where each element comes from, index by index.
std::vector<std::int64_t> positions_of(const Shape& sizes, const Shape& strides, std::int64_t first) {
  std::vector<std::int64_t> positions{first};
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    std::vector<std::int64_t> longer;
    for (const std::int64_t position : positions)
      for (std::int64_t i = 0; i < sizes[axis]; ++i) longer.push_back(position + i * strides[axis]);
    positions = std::move(longer);
  }
  return positions;
}

template <typename T>
void expect_copies(const Walk<1>& walk, std::int64_t first, const std::vector<std::int64_t>& positions, std::int64_t length) {
  std::vector<T> in(static_cast<std::size_t>(length)), out(positions.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<T>(i * 7 + 1);
  ThreadPool pool(2);
  strided_copy({walk, first, sizeof(T)}, std::as_bytes(std::span(in)), std::as_writable_bytes(std::span(out)), pool);
  for (std::size_t i = 0; i < out.size(); ++i) RC_ASSERT(out[i] == in[static_cast<std::size_t>(positions[i])]);
}

// Any order, any steps, forward and back: each element by itself.
TEST(StridedCopy, CopiesWhatThePositionsName) {
  EXPECT_TRUE(rc::check([] {
    const auto sizes = *rc::gen::container<Shape>(static_cast<std::size_t>(*rc::gen::inRange(0, 5)), rc::gen::inRange<std::int64_t>(0, 21));
    const auto strides = *rc::gen::container<Shape>(sizes.size(), rc::gen::inRange<std::int64_t>(-25, 26));
    std::int64_t low = 0, high = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) (strides[i] < 0 ? low : high) += std::max<std::int64_t>(sizes[i] - 1, 0) * strides[i];
    const auto positions = positions_of(sizes, strides, -low);
    const Walk<1> walk = simplified(Walk<1>{sizes, {strides}});
    expect_copies<std::uint8_t>(walk, -low, positions, high - low + 1);
    expect_copies<std::uint16_t>(walk, -low, positions, high - low + 1);
    expect_copies<float>(walk, -low, positions, high - low + 1);
    expect_copies<double>(walk, -low, positions, high - low + 1);
  }));
}

}  // namespace
}  // namespace octet::kernels
