#include "image/resize.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "image/decode.h"
#include "image/testdata/expected.h"

namespace octet {
namespace {

std::vector<float> planes_of(const Image& image, ResizeKind kind, ImageSize target) {
  std::vector<float> planes(std::size_t{3} * target.width * target.height, -1);
  resize_to_planes(image, kind, target, planes);
  return planes;
}

TEST(ResizeToPlanes, EqualsIndependentCodeToTheBit) {
  const std::map<std::string, ResizeKind> kinds = {
      {"stretch", ResizeKind::kStretch}, {"stretch_tf1", ResizeKind::kStretchTf1}, {"letterbox_corner", ResizeKind::kLetterboxCorner}};
  int count = 0;
  for (const Expected& expected : expected_results()) {
    if (!kinds.contains(expected.what)) continue;
    const auto image = read_image(testdata_path(expected.file));
    ASSERT_TRUE(image.ok()) << image.error().message;
    const std::vector<float> planes = planes_of(*image, kinds.at(expected.what), {expected.width, expected.height});
    EXPECT_EQ(fnv1a(std::as_bytes(std::span(planes))), expected.hash) << expected.what << " " << expected.file << " " << expected.width;
    ++count;
  }
  EXPECT_EQ(count, 24);
}

TEST(ResizeToPlanes, ReadsRowsWithGapsWhereTheyLie) {
  const auto image = read_image(testdata_path(expected_results().front().file));
  ASSERT_TRUE(image.ok()) << image.error().message;
  const std::size_t stride = image->row_bytes() + 7;
  std::vector<std::uint8_t> rows(stride * static_cast<std::size_t>(image->height()), 201);
  for (int y = 0; y < image->height(); ++y)
    std::copy_n(image->row(y), image->row_bytes(), rows.begin() + static_cast<std::ptrdiff_t>(stride) * y);
  for (const ResizeKind kind : {ResizeKind::kStretch, ResizeKind::kStretchTf1, ResizeKind::kLetterbox}) {
    const ImageSize target{45, 33};
    std::vector<float> planes(std::size_t{3} * target.width * target.height, -1);
    resize_to_planes(PixelView(rows.data(), image->size(), stride), kind, target, planes);
    EXPECT_EQ(planes, planes_of(*image, kind, target));
  }
}

// One tap of OpenCV's bilinear rule: 11-bit weights of pixel centres. Columns stop at the border, rows keep their
// weights and read the border twice.
struct FixedTap {
  int low, high, low_weight, high_weight;
};

FixedTap fixed_tap(int i, int source, int target, bool is_column) {
  const double scale = 1 / (static_cast<double>(target) / source);
  float fraction = static_cast<float>((i + 0.5) * scale - 0.5);
  int low = static_cast<int>(std::floor(fraction));
  fraction -= static_cast<float>(low);
  if (is_column && (low < 0 || low >= source - 1)) fraction = 0, low = low < 0 ? 0 : source - 1;
  return {std::clamp(low, 0, source - 1), std::clamp(low + 1, 0, source - 1), static_cast<int>(std::lrint((1.0f - fraction) * 2048)),
          static_cast<int>(std::lrint(fraction * 2048))};
}

int fixed_point_pixel(const Image& image, ImageSize target, int x, int y, int channel) {
  if (image.width() == 2 * target.width && image.height() == 2 * target.height) {
    const std::uint8_t *top = image.row(2 * y) + 6 * x + channel, *bottom = image.row(2 * y + 1) + 6 * x + channel;
    return (top[0] + top[3] + bottom[0] + bottom[3] + 2) >> 2;
  }
  const FixedTap column = fixed_tap(x, image.width(), target.width, true), row = fixed_tap(y, image.height(), target.height, false);
  const auto along = [&](int source_row) {
    const std::uint8_t* pixels = image.row(source_row) + channel;
    return pixels[3 * column.low] * column.low_weight + pixels[3 * column.high] * column.high_weight;
  };
  return (((row.low_weight * (along(row.low) >> 4)) >> 16) + ((row.high_weight * (along(row.high) >> 4)) >> 16) + 2) >> 2;
}

Image random_image(ImageSize size, unsigned seed) {
  Image image(size);
  for (std::uint8_t& byte : image.bytes()) byte = static_cast<std::uint8_t>((seed = seed * 1664525 + 1013904223) >> 24);
  return image;
}

RC_GTEST_PROP(ResizeToPlanes, StretchIsTheFixedPointRuleAtAnySize, ()) {
  const auto sides = *rc::gen::container<std::vector<int>>(4, rc::gen::inRange(1, 70));
  const Image image = random_image({sides[0], sides[1]}, *rc::gen::arbitrary<unsigned>());
  const ImageSize target{sides[2], sides[3]};
  const std::vector<float> planes = planes_of(image, ResizeKind::kStretch, target);
  std::size_t i = 0;
  for (int channel = 0; channel < 3; ++channel)
    for (int y = 0; y < target.height; ++y)
      for (int x = 0; x < target.width; ++x, ++i)
        RC_ASSERT(planes[i] == static_cast<float>(fixed_point_pixel(image, target, x, y, channel)));
}

TEST(ResizeToPlanes, StretchAveragesFourPixelsAtHalfSize) {
  const Image image = random_image({64, 32}, 5);
  const std::vector<float> planes = planes_of(image, ResizeKind::kStretch, {32, 16});
  EXPECT_EQ(planes[0], static_cast<float>(fixed_point_pixel(image, {32, 16}, 0, 0, 0)));
}

TEST(ResizeToPlanes, KeepsValuesAndOrderAtTheSameSize) {
  Image image({2, 1});
  const std::uint8_t pixels[] = {1, 2, 3, 250, 251, 252};
  std::ranges::copy(pixels, image.bytes().begin());
  const std::vector<float> expected = {1, 250, 2, 251, 3, 252};
  for (const ResizeKind kind : {ResizeKind::kStretch, ResizeKind::kStretchTf1, ResizeKind::kLetterboxCorner})
    EXPECT_EQ(planes_of(image, kind, {2, 1}), expected);
}

TEST(ResizeToPlanes, Tf1ReadsFromTheCornerWithoutHalfPixels) {
  Image image({2, 1});
  const std::uint8_t pixels[] = {0, 0, 0, 100, 100, 100};
  std::ranges::copy(pixels, image.bytes().begin());
  const std::vector<float> planes = planes_of(image, ResizeKind::kStretchTf1, {4, 1});
  EXPECT_EQ(std::vector<float>(planes.begin(), planes.begin() + 4), (std::vector<float>{0, 50, 100, 100}));
}

TEST(ResizeToPlanes, LetterboxPadsRightAndBelowWith114) {
  const Image black({40, 20});
  const std::vector<float> planes = planes_of(black, ResizeKind::kLetterboxCorner, {10, 10});
  EXPECT_EQ(planes[4 * 10 + 9], 0);
  EXPECT_EQ(planes[5 * 10], 114);
  EXPECT_EQ(planes.back(), 114);
}

TEST(ResizeToPlanes, LetterboxInTheMiddlePadsBothSidesWith128) {
  const std::vector<float> planes = planes_of(Image({20, 10}), ResizeKind::kLetterbox, {10, 10});  // black, to 10 x 5 from row 2
  for (int y = 0; y < 10; ++y) EXPECT_EQ(planes[static_cast<std::size_t>(10 * y)], y >= 2 && y < 7 ? 0 : 128) << y;
  const std::vector<float> strip = planes_of(Image({1, 5000}), ResizeKind::kLetterbox, {10, 10});
  EXPECT_EQ(std::count(strip.begin(), strip.begin() + 100, 0.0f), 10);
}

// Ultralytics: sides of 3.5 and 12.5 are rounded to 4 and 12, the odd row or column of what is left goes below or right.
TEST(ResizeToPlanes, LetterboxRoundedRoundsHalfToEven) {
  EXPECT_EQ(resize_scale(ResizeKind::kLetterboxRounded, {7, 20}, {10, 10}).left, 3);
  const std::vector<float> tall = planes_of(Image({7, 20}), ResizeKind::kLetterboxRounded, {10, 10});  // black, 4 columns of 3.5
  for (int x = 0; x < 10; ++x) EXPECT_EQ(tall[static_cast<std::size_t>(x)], x >= 3 && x < 7 ? 0 : 114) << x;
  const std::vector<float> wide = planes_of(Image({40, 25}), ResizeKind::kLetterboxRounded, {20, 21});  // 12 rows of 12.5, from row 4
  for (int y = 0; y < 21; ++y) EXPECT_EQ(wide[static_cast<std::size_t>(20 * y)], y >= 4 && y < 16 ? 0 : 114) << y;
  EXPECT_EQ(resize_scale(ResizeKind::kLetterboxRounded, {40, 25}, {20, 21}).y, 0.5) << "the ratio, not what rounding makes of it";
}

TEST(ResizeToPlanes, LetterboxIsFilledWithWhatIsAskedFor) {
  std::vector<float> planes(300);
  resize_to_planes(Image({40, 20}), ResizeKind::kLetterboxRounded, {10, 10}, planes, 7);
  EXPECT_EQ(planes[0], 7);
}

TEST(ResizeToPlanes, LetterboxKeepsAtLeastOnePixelOfAStrip) {
  const std::vector<float> planes = planes_of(Image({5000, 1}), ResizeKind::kLetterboxCorner, {10, 10});
  EXPECT_EQ(planes[9], 0);
  EXPECT_EQ(planes[10], 114);
}

TEST(ResizeToBytes, AreThePlanesAsRowsOfPixels) {
  Image image(ImageSize{7, 5});
  for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = static_cast<std::uint8_t>(37 * i);
  const ImageSize target{4, 6};
  for (const ResizeKind kind :
       {ResizeKind::kStretch, ResizeKind::kLetterboxCorner, ResizeKind::kLetterbox, ResizeKind::kLetterboxRounded}) {
    EXPECT_TRUE(resizes_to_bytes(kind));
    std::vector<std::uint8_t> pixels(3 * 4 * 6);
    std::vector<float> planes(pixels.size());
    resize_to_bytes(image, kind, target, pixels);
    resize_to_planes(image, kind, target, planes);
    for (std::size_t i = 0; i < pixels.size(); ++i) EXPECT_EQ(pixels[i], planes[i % 3 * 24 + i / 3]) << i;
  }
  EXPECT_FALSE(resizes_to_bytes(ResizeKind::kStretchTf1));
}

TEST(ResizeScaleOf, IsOneRatioForTheLetterboxAndTwoForTheRest) {
  const ResizeScale letterbox = resize_scale(ResizeKind::kLetterboxCorner, {200, 100}, {50, 50});
  EXPECT_EQ(letterbox.x, 0.25);
  EXPECT_EQ(letterbox.y, 0.25);
  EXPECT_EQ(resize_scale(ResizeKind::kStretch, {200, 100}, {50, 50}).y, 0.5);
}

}  // namespace
}  // namespace octet
