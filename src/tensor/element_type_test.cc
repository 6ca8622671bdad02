#include "tensor/element_type.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(ElementType, NamesLeadBackToTheType) {
  for (int i = 0; i <= static_cast<int>(ElementType::kBoolean); ++i) {
    const auto type = static_cast<ElementType>(i);
    EXPECT_EQ(element_type_from_name(name_of(type)), type) << name_of(type);
  }
  EXPECT_EQ(element_type_from_name("f8"), std::nullopt);
  EXPECT_EQ(element_type_from_name(""), std::nullopt);
}

TEST(ElementType, SizesAreThoseOfTheCppTypes) {
  EXPECT_EQ(size_of(element_type_of<float>), sizeof(float));
  EXPECT_EQ(size_of(element_type_of<double>), sizeof(double));
  EXPECT_EQ(size_of(element_type_of<std::int8_t>), 1u);
  EXPECT_EQ(size_of(element_type_of<std::uint16_t>), 2u);
  EXPECT_EQ(size_of(element_type_of<std::int64_t>), 8u);
  EXPECT_EQ(size_of(ElementType::kF16), 2u);
  EXPECT_EQ(size_of(ElementType::kBoolean), 1u);
}

TEST(ElementType, NamesMatchOpenVino) {
  EXPECT_EQ(name_of(ElementType::kF32), "f32");
  EXPECT_EQ(name_of(ElementType::kU8), "u8");
  EXPECT_EQ(name_of(ElementType::kBoolean), "boolean");
}

}  // namespace
}  // namespace octet
