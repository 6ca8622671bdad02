#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace octet {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Tensor, StartsAtZero) {
  const Tensor tensor(ElementType::kI32, {2, 3});
  EXPECT_EQ(tensor.size(), 6);
  EXPECT_EQ(tensor.bytes().size(), 24u);
  for (const std::int32_t value : tensor.values<std::int32_t>()) EXPECT_EQ(value, 0);
}

TEST(Tensor, CopiesShareTheirBytes) {
  const Tensor tensor = Tensor::of<float>({2}, {1.0f, 2.0f});
  const Tensor copy = tensor;
  EXPECT_EQ(copy.bytes().data(), tensor.bytes().data());
  EXPECT_EQ(tensor.reshaped({1, 2}).bytes().data(), tensor.bytes().data());
  EXPECT_EQ(tensor.reshaped({1, 2}).shape(), (Shape{1, 2}));
}

TEST(Tensor, HoldsNothingWhereASizeIsZero) {
  EXPECT_EQ(Tensor().size(), 0);
  const Tensor tensor = Tensor::of<std::int64_t>({0}, std::vector<std::int64_t>{});
  EXPECT_TRUE(tensor.bytes().empty());
  EXPECT_TRUE(to_vector<std::int64_t>(tensor).empty());
}

TEST(Tensor, ViewsBytesThatSomebodyElseOwns) {
  const auto owner = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3});
  const Tensor tensor(ElementType::kF32, {3}, std::as_bytes(std::span(*owner)), owner);
  EXPECT_EQ(owner.use_count(), 2);
  EXPECT_EQ(tensor.values<float>()[2], 3);
}

TEST(TensorDeathTest, StopsWhereTheTypeIsMistaken) {
  const Tensor tensor(ElementType::kF32, {1});
  EXPECT_DEATH(static_cast<void>(tensor.values<std::int32_t>()), "another type");
  EXPECT_DEATH(static_cast<void>(tensor.reshaped({2})), "number of elements");
}

TEST(ToVector, ReadsEveryType) {
  for (int i = 0; i <= static_cast<int>(ElementType::kBoolean); ++i) {
    const auto type = static_cast<ElementType>(i);
    const Tensor tensor = converted(Tensor::of<float>({3}, {0.0f, 1.0f, 1.0f}), type);
    EXPECT_EQ(tensor.type(), type);
    EXPECT_EQ(to_vector<std::int64_t>(tensor), (std::vector<std::int64_t>{0, 1, 1})) << name_of(type);
  }
}

TEST(Converted, RoundsTowardZeroAndSaturates) {
  const Tensor tensor = Tensor::of<double>({6}, {-1.9, 2.9, 300, -300, kInfinity, std::nan("")});
  EXPECT_EQ(to_vector<std::int64_t>(converted(tensor, ElementType::kI8)), (std::vector<std::int64_t>{-1, 2, 127, -128, 127, 0}));
  EXPECT_EQ(to_vector<std::int64_t>(converted(tensor, ElementType::kU8)), (std::vector<std::int64_t>{0, 2, 255, 0, 255, 0}));
}

TEST(Converted, SaturatesAtTheEndsOfInt64) {
  const auto values = to_vector<std::int64_t>(Tensor::of<double>({2}, {1e30, -kInfinity}));
  EXPECT_EQ(values[0], std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(values[1], std::numeric_limits<std::int64_t>::min());
  const Tensor large = Tensor::of<std::uint64_t>({1}, {std::numeric_limits<std::uint64_t>::max()});
  EXPECT_EQ(to_vector<std::int64_t>(large)[0], std::numeric_limits<std::int64_t>::max());
}

TEST(Converted, GoesThroughHalf) {
  const Tensor half = converted(Tensor::of<float>({3}, {1.0f, 65520.0f, 0.1f}), ElementType::kF16);
  const auto values = to_vector<float>(half);
  EXPECT_EQ(values[0], 1.0f);
  EXPECT_EQ(values[1], std::numeric_limits<float>::infinity());
  EXPECT_NEAR(values[2], 0.1f, 3e-5f);
}

TEST(Converted, BooleanIsWhatIsNotZero) {
  const Tensor tensor = converted(Tensor::of<float>({3}, {0.0f, 0.5f, -2.0f}), ElementType::kBoolean);
  EXPECT_EQ(to_vector<std::int64_t>(tensor), (std::vector<std::int64_t>{0, 1, 1}));
}

}  // namespace
}  // namespace octet
