#include "image/exif.h"

#include <gtest/gtest.h>

#include <utility>

#include "image/decode.h"
#include "image/testdata/expected.h"

namespace octet {
namespace {

std::vector<std::byte> bytes_from(const std::vector<int>& values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

std::vector<std::byte> operator+(std::vector<std::byte> first, const std::vector<std::byte>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// EXIF with one entry, the orientation.
std::vector<std::byte> little_endian(int orientation) {
  return bytes_from({'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0});
}

// The same in the other byte order, behind an entry of another tag.
std::vector<std::byte> big_endian(int orientation) {
  return bytes_from({'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2}) + bytes_from({0x01, 0x0f, 0, 2, 0, 0, 0, 4, 'a', 'b', 'c', 0}) +
         bytes_from({0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0});
}

std::vector<std::byte> app1(const std::vector<std::byte>& exif) {
  const int length = static_cast<int>(exif.size()) + 8;
  return bytes_from({0xff, 0xe1, length >> 8, length & 0xff, 'E', 'x', 'i', 'f', 0, 0}) + exif;
}

// photo_420.jpg with segments put in behind its start.
std::vector<std::byte> photo_with(const std::vector<std::byte>& segments) {
  std::vector<std::byte> file = testdata_bytes("photo_420.jpg");
  file.insert(file.begin() + 2, segments.begin(), segments.end());
  return file;
}

TEST(ExifOrientation, IsReadInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(photo_with(app1(little_endian(orientation)))), orientation);
    EXPECT_EQ(exif_orientation(photo_with(app1(big_endian(orientation)))), orientation);
  }
}

TEST(ExifOrientation, IsFoundBehindOtherSegments) {
  const auto xmp = bytes_from({0xff, 0xe1, 0, 9, 'h', 't', 't', 'p', ':', '/', '/'});
  EXPECT_EQ(exif_orientation(photo_with(xmp + app1(little_endian(6)))), 6);
}

TEST(ExifOrientation, IsReadFromPng) {
  std::vector<std::byte> file = testdata_bytes("rgb8.png");
  const auto exif = little_endian(8);
  const auto chunk = bytes_from({0, 0, 0, static_cast<int>(exif.size()), 'e', 'X', 'I', 'f'}) + exif + bytes_from({0, 0, 0, 0});
  constexpr std::ptrdiff_t kSignatureAndHeader = 8 + 25;
  file.insert(file.begin() + kSignatureAndHeader, chunk.begin(), chunk.end());
  EXPECT_EQ(exif_orientation(file), 8);
}

TEST(ExifOrientation, Is1WithoutASensibleOne) {
  EXPECT_EQ(exif_orientation({}), 1);
  EXPECT_EQ(exif_orientation(testdata_bytes("photo_420.jpg")), 1);
  EXPECT_EQ(exif_orientation(testdata_bytes("rgb8.png")), 1);
  EXPECT_EQ(exif_orientation(testdata_bytes("expected.txt")), 1);
  for (const int value : {0, 9, 255}) EXPECT_EQ(exif_orientation(photo_with(app1(little_endian(value)))), 1) << value;
}

TEST(ExifOrientation, SurvivesDamageAtEveryByteAndEveryCut) {
  const auto exif = little_endian(6);
  for (std::size_t i = 0; i < exif.size(); ++i) {
    auto damaged = exif;
    damaged[i] = std::byte{0xff};
    const int orientation = exif_orientation(photo_with(app1(damaged)));
    EXPECT_TRUE(orientation >= 1 && orientation <= 8) << i;
    EXPECT_EQ(exif_orientation(photo_with(app1({exif.begin(), exif.begin() + static_cast<std::ptrdiff_t>(i)}))), i < 22 ? 1 : 6) << i;
  }
  const auto file = photo_with(app1(exif));
  for (std::size_t size = 0; size < 60; ++size) EXPECT_EQ(exif_orientation(std::span(file).first(size)), size < 38 ? 1 : 6) << size;
}

TEST(DecodeImage, AppliesAnOrientationAsOpenCvDoes) {
  int count = 0;
  for (const Expected& expected : expected_results()) {
    if (!expected.what.starts_with("exif")) continue;
    const auto file = photo_with(app1(little_endian(expected.what.back() - '0')));
    const auto image = decode_image(file, {.apply_exif = true});
    ASSERT_TRUE(image.ok()) << image.error().message;
    EXPECT_EQ(image->size(), (ImageSize{expected.width, expected.height})) << expected.what;
    EXPECT_EQ(fnv1a(std::as_bytes(image->bytes())), expected.hash) << expected.what;
    ++count;
  }
  EXPECT_EQ(count, 8);
}

TEST(DecodeImage, LeavesThePixelsAsTheyAreStoredUnlessAsked) {
  const auto file = photo_with(app1(little_endian(6)));
  EXPECT_EQ(*decode_image(file), *decode_image(testdata_bytes("photo_420.jpg")));
  EXPECT_EQ(*image_size(file), (ImageSize{150, 100}));
}

TEST(Upright, TurnsAnyShapeAndLeavesWhatHasNoOrientation) {
  for (const ImageSize size : {ImageSize{0, 0}, ImageSize{1, 1}, ImageSize{1, 3}, ImageSize{3, 1}}) {
    Image image(size);
    for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = static_cast<std::uint8_t>(i);
    for (const int orientation : {-1, 0, 1, 9}) EXPECT_EQ(upright(image, orientation), image);
    for (int orientation = 2; orientation <= 8; ++orientation) {
      const Image turned = upright(image, orientation);
      EXPECT_EQ(turned.size(), (swaps_sides(orientation) ? ImageSize{size.height, size.width} : size));
      constexpr int kBack[] = {1, 1, 2, 3, 4, 5, 8, 7, 6};
      EXPECT_EQ(upright(turned, kBack[orientation]), image) << orientation;
    }
  }
}

}  // namespace
}  // namespace octet
