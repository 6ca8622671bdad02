#include "image/draw.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <tuple>

namespace octet {
namespace {

Colour pixel(const Image& image, int x, int y) {
  const std::uint8_t* bgr = image.row(y) + 3 * x;
  return {bgr[0], bgr[1], bgr[2]};
}

TEST(DrawBoxes, DrawsTheFrameAndLeavesTheInside) {
  Image image({320, 240});
  const Colour red{0, 0, 255};
  draw_boxes(image, std::vector<LabelledBox>{{40, 50, 200, 180, "", red}});
  EXPECT_EQ(pixel(image, 40, 100), red);
  EXPECT_EQ(pixel(image, 120, 50), red);
  EXPECT_EQ(pixel(image, 200, 180), red);
  EXPECT_EQ(pixel(image, 120, 100), Colour{});
  EXPECT_EQ(pixel(image, 30, 100), Colour{});
}

TEST(DrawBoxes, LinesGrowWithTheImage) {
  Image image({3200, 100});
  draw_boxes(image, std::vector<LabelledBox>{{1000, 40, 2000, 90, "", {0, 0, 255}}});
  EXPECT_EQ(pixel(image, 1004, 60), (Colour{0, 0, 255}));
}

TEST(DrawBoxes, PutsTheLabelAboveTheBoxOrInsideAtTheTopEdge) {
  Image image({320, 240});
  const Colour blue{255, 0, 0};
  draw_boxes(image, std::vector<LabelledBox>{{40, 100, 200, 180, "cat 0.9", blue}});
  EXPECT_EQ(pixel(image, 41, 96), blue);
  Image at_top({320, 240});
  draw_boxes(at_top, std::vector<LabelledBox>{{40, 2, 200, 180, "cat 0.9", blue}});
  EXPECT_EQ(pixel(at_top, 42, 5), blue);
}

int count_of(const Image& image, Colour colour) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) count += pixel(image, x, y) == colour;
  return count;
}

// Boxes of one point, so that all but a pixel of what is drawn is label.
TEST(DrawBoxes, LetsNoLabelCoverAnother) {
  const std::vector<LabelledBox> boxes = {
      {160, 60, 160, 60, "cat 0.9", {255, 0, 0}}, {160, 60, 160, 60, "dog 0.8", {0, 200, 0}}, {160, 60, 160, 60, "cow 0.7", {0, 0, 255}}};
  Image all({320, 240});
  draw_boxes(all, boxes);
  for (const LabelledBox& box : boxes) {
    Image alone({320, 240});
    draw_boxes(alone, {&box, 1});
    EXPECT_GT(count_of(alone, box.colour), 200);
    EXPECT_GE(count_of(all, box.colour) + 2, count_of(alone, box.colour)) << box.text;
  }
}

TEST(DrawBoxes, SurvivesBoxesFarOutsideAndNotNumbers) {
  Image image({32, 24});
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  draw_boxes(image, std::vector<LabelledBox>{{-1e30f, -infinity, infinity, 1e30f, "a label wider than the image", {1, 2, 3}},
                                             {nan, nan, nan, nan, "nan", {1, 2, 3}},
                                             {20, 20, 10, 10, "reversed", {1, 2, 3}}});
  EXPECT_EQ(image.size(), (ImageSize{32, 24}));
}

TEST(ClassColour, DiffersBetweenTheFirst91Classes) {
  std::set<std::tuple<int, int, int>> colours;
  for (int i = 0; i < 91; ++i) {
    const Colour colour = class_colour(i);
    colours.insert({colour.b, colour.g, colour.r});
  }
  EXPECT_EQ(colours.size(), 91u);
}

TEST(SideBySide, PlacesBothPicturesUnderTheirCaptions) {
  Image left({300, 200}), right({600, 400});
  std::ranges::fill(left.bytes(), std::uint8_t{10});
  std::ranges::fill(right.bytes(), std::uint8_t{200});
  const Image both = side_by_side(left, "FP32", right, "INT8");
  EXPECT_GE(both.width(), 1200);
  EXPECT_GT(both.height(), 400);
  EXPECT_EQ(pixel(both, 5, both.height() - 5), (Colour{10, 10, 10}));
  EXPECT_EQ(pixel(both, both.width() - 5, both.height() - 5), (Colour{200, 200, 200}));
  EXPECT_EQ(pixel(both, 1, 1), (Colour{32, 32, 32}));
}

}  // namespace
}  // namespace octet
