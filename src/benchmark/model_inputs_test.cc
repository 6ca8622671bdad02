#include "benchmark/model_inputs.h"

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"

namespace octet {
namespace {

ModelInput input(Shape shape, const char* layout = nullptr) {
  ModelInput made;
  made.name = "x";
  made.layout = layout ? *Layout::parse(layout) : guessed_layout(shape);
  made.type = {ElementType::kF32, std::move(shape)};
  return made;
}

TEST(Layout, IsReadAndPrintedAsOpenVinoDoes) {
  EXPECT_EQ(Layout().to_string(), "[...]");
  EXPECT_EQ(Layout::parse("nchw")->to_string(), "[N,C,H,W]");
  EXPECT_EQ(Layout::parse("[N,C]")->to_string(), "[N,C]");
  EXPECT_EQ(Layout::parse("N...C")->to_string(), "[N,...,C]");
  EXPECT_EQ(Layout::parse("N?HW")->to_string(), "[N,?,H,W]");
  for (const char* wrong : {"NN", "N1", "N.", "N......", "N-C"}) EXPECT_FALSE(Layout::parse(wrong).ok()) << wrong;
}

TEST(Layout, FindsDimensionsFromBothEnds) {
  const Layout layout = *Layout::parse("N...CW");
  EXPECT_EQ(layout.find('N', 5), 0u);
  EXPECT_EQ(layout.find('C', 5), 3u);
  EXPECT_EQ(layout.find('W', 5), 4u);
  EXPECT_EQ(layout.find('H', 5), std::nullopt);
  EXPECT_EQ(Layout::parse("NCHW")->find('W', 2), std::nullopt);
  EXPECT_EQ(layout.find('C', 1), std::nullopt);
  EXPECT_TRUE(layout.fits(3));
  EXPECT_TRUE(layout.fits(7));
  EXPECT_FALSE(layout.fits(2));
  EXPECT_FALSE(Layout::parse("NCHW")->fits(3));
  EXPECT_TRUE(Layout().fits(3));
}

TEST(ModelInput, GuessesTheLayoutOfImages) {
  EXPECT_EQ(guessed_layout({1, 3, 416, 416}).to_string(), "[N,C,H,W]");
  EXPECT_EQ(guessed_layout({1, 416, 416, 1}).to_string(), "[N,H,W,C]");
  EXPECT_EQ(guessed_layout({3, 20, 20}).to_string(), "[C,H,W]");
  EXPECT_EQ(guessed_layout({20, 20, 3}).to_string(), "[H,W,C]");
  for (const Shape& other : {Shape{}, Shape{1, 3}, Shape{1, 64, 20, 20}, Shape{1, 3, 4, 4}}) EXPECT_FALSE(guessed_layout(other).is_known());
  EXPECT_TRUE(input({1, 3, 8, 8}).is_image());
  EXPECT_FALSE(input({1, 1, 8, 8}).is_image());
  EXPECT_FALSE(input({1, 3, 8, 8}, "NHWC").is_image());
  EXPECT_FALSE(input({1, 3}, "NCHW").is_image());
  EXPECT_TRUE(input({1, 3}, "NC").is_image_info());
  EXPECT_FALSE(input({1, 3}).is_image_info());
}

TEST(ModelInput, AgreesWithOthersOnTheBatch) {
  EXPECT_EQ(*batch_size(std::vector{input({2, 3, 8, 8}), input({7}), input({2, 3}, "NC")}), 2);
  EXPECT_EQ(*batch_size(std::vector{input({7})}), 1);
  const auto differ = batch_size(std::vector{input({2, 3, 8, 8}), input({1, 3}, "NC")});
  ASSERT_FALSE(differ.ok());
  EXPECT_NE(differ.error().message.find("different for different inputs"), std::string::npos);
}

}  // namespace
}  // namespace octet
