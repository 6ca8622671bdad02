#include "image/formats.h"

#include <gtest/gtest.h>

#include "image/testdata/expected.h"

namespace octet {
namespace {

TEST(IsPictureName, GoesByTheExtensionInAnyCaseOfLetters) {
  for (const char* name : {"a.jpg", "a.JPEG", "folder.txt/b.Png", ".hidden.jpg", "a.bmp", "a.WebP", "a.tif", "a.TIFF"})
    EXPECT_TRUE(is_picture_name(name)) << name;
  for (const char* name : {"a.gif", "jpg", ".jpg", "a.jpg.part", "a.jpg/notes", ""}) EXPECT_FALSE(is_picture_name(name)) << name;
}

TEST(PictureFormats, AreNamedForMessages) {
  EXPECT_EQ(picture_formats(), "JPEG, PNG, BMP, WebP, TIFF");
  EXPECT_EQ(picture_extensions(), ".jpg, .jpeg, .png, .bmp, .webp, .tif, .tiff");
}

TEST(MediaType, GoesByTheFirstBytes) {
  EXPECT_EQ(media_type(testdata_bytes("photo_420.jpg")), "image/jpeg");
  EXPECT_EQ(media_type(testdata_bytes("rgb8.png")), "image/png");
  EXPECT_EQ(media_type(testdata_bytes("bits24.bmp")), "image/bmp");
  EXPECT_EQ(media_type(testdata_bytes("lossy.webp")), "image/webp");
  EXPECT_EQ(media_type(testdata_bytes("grey.tif")), "image/tiff");
  EXPECT_EQ(media_type(testdata_bytes("expected.txt")), "");
  EXPECT_EQ(media_type({}), "");
}

}  // namespace
}  // namespace octet
