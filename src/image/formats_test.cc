#include "image/formats.h"

#include <gtest/gtest.h>

#include "image/testdata/expected.h"

namespace octet {
namespace {

TEST(IsPictureName, GoesByTheExtensionInAnyCaseOfLetters) {
  for (const char* name : {"a.jpg", "a.JPEG", "folder.txt/b.Png", ".hidden.jpg"}) EXPECT_TRUE(is_picture_name(name)) << name;
  for (const char* name : {"a.gif", "jpg", ".jpg", "a.jpg.part", "a.jpg/notes", ""}) EXPECT_FALSE(is_picture_name(name)) << name;
}

TEST(PictureFormats, AreNamedForMessages) {
  EXPECT_TRUE(picture_formats().starts_with("JPEG, PNG"));
  EXPECT_TRUE(picture_extensions().starts_with(".jpg, .jpeg, .png"));
}

TEST(MediaType, GoesByTheFirstBytes) {
  EXPECT_EQ(media_type(testdata_bytes("photo_420.jpg")), "image/jpeg");
  EXPECT_EQ(media_type(testdata_bytes("rgb8.png")), "image/png");
  EXPECT_EQ(media_type(testdata_bytes("expected.txt")), "");
  EXPECT_EQ(media_type({}), "");
}

}  // namespace
}  // namespace octet
