#include "image/browser_picture.h"

#include <gtest/gtest.h>

#include "image/exif.h"
#include "image/formats.h"
#include "image/testdata/expected.h"

namespace octet {
namespace {

TEST(BrowserPicture, KeepsAJpegAndAPng) {
  for (const char* name : {"photo_420.jpg", "rgb8.png"}) {
    const std::vector<std::byte> file = testdata_bytes(name);
    const auto picture = browser_picture(file);
    ASSERT_TRUE(picture.ok()) << picture.error().message;
    EXPECT_EQ(picture->bytes, file);
    EXPECT_EQ(picture->media_type, media_type(file));
    EXPECT_EQ(picture->size, *image_size(file));
  }
}

TEST(BrowserPicture, EncodesTheRestAnew) {
  for (const char* name : {"bits24.bmp", "lossy.webp", "lzw.tif"}) {
    const std::vector<std::byte> file = testdata_bytes(name);
    const auto picture = browser_picture(file);
    ASSERT_TRUE(picture.ok()) << picture.error().message;
    EXPECT_EQ(picture->media_type, "image/jpeg");
    EXPECT_EQ(media_type(picture->bytes), "image/jpeg");
    EXPECT_EQ(picture->size, *image_size(file));
    EXPECT_EQ(*image_size(picture->bytes), picture->size);
  }
}

TEST(BrowserPicture, LeavesNoOrientationToTheBrowser) {
  std::vector<std::byte> file = testdata_bytes("photo_420.jpg");
  const std::string_view exif(
      "\xff\xe1\0\x22"
      "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0",
      36);
  const auto bytes = std::as_bytes(std::span(exif));
  file.insert(file.begin() + 2, bytes.begin(), bytes.end());
  ASSERT_EQ(exif_orientation(file), 6);
  const auto stored = browser_picture(file), turned = browser_picture(file, {.apply_exif = true});
  ASSERT_TRUE(stored.ok() && turned.ok());
  EXPECT_EQ(exif_orientation(stored->bytes), 1);
  EXPECT_EQ(stored->size, (ImageSize{150, 100}));
  EXPECT_EQ(turned->size, (ImageSize{100, 150}));
  EXPECT_EQ(*image_size(turned->bytes), turned->size);
}

TEST(BrowserPicture, RefusesWhatIsNone) { EXPECT_FALSE(browser_picture(testdata_bytes("expected.txt")).ok()); }

}  // namespace
}  // namespace octet
