#include "image/decode.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

#include "image/encode.h"
#include "image/formats.h"
#include "image/testdata/expected.h"

namespace octet {
namespace {

std::vector<std::byte> bytes_from(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

std::string error_of(std::span<const std::byte> file) {
  const auto image = decode_image(file);
  return image.ok() ? "no error" : image.error().message;
}

TEST(DecodeImage, GivesThePixelsOfOpenCv) {
  int count = 0;
  for (const Expected& expected : expected_results()) {
    if (expected.what != "decode") continue;
    const auto image = read_image(testdata_path(expected.file));
    ASSERT_TRUE(image.ok()) << image.error().message;
    EXPECT_EQ(image->size(), (ImageSize{expected.width, expected.height})) << expected.file;
    EXPECT_EQ(fnv1a(std::as_bytes(image->bytes())), expected.hash) << expected.file;
    ++count;
  }
  EXPECT_EQ(count, 17);
}

TEST(DecodeImage, RefusesAFileCutAnywhere) {
  for (const char* name : {"photo_420.jpg", "photo_progressive.jpg", "rgb8.png", "interlaced.png"}) {
    const std::vector<std::byte> whole = testdata_bytes(name);
    for (std::size_t size = 0; size < whole.size(); size += size < 700 ? 1 : 97)
      EXPECT_FALSE(decode_image(std::span(whole).first(size)).ok()) << name << " cut to " << size;
  }
}

TEST(DecodeImage, SaysThatAJpegEndsTooEarly) {
  const std::vector<std::byte> whole = testdata_bytes("photo_420.jpg");
  EXPECT_EQ(error_of(std::span(whole).first(whole.size() / 2)), "JPEG: Premature end of JPEG file");
}

TEST(DecodeImage, NeedsMoreThanTheFirstBytesOfAJpeg) {
  EXPECT_NE(error_of(bytes_from("\xff\xd8\xff\xe0 not a picture")), "no error");
  EXPECT_EQ(error_of(bytes_from("some text")), "not a picture that octet reads (" + picture_formats() + ")");
  EXPECT_EQ(error_of({}), "the file is empty");
}

TEST(DecodeImage, RefusesAClaimOfHugeSizeBeforeItTakesMemory) {
  std::vector<std::byte> jpeg = testdata_bytes("photo_420.jpg");
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == std::byte{0xff} && jpeg[i + 1] == std::byte{0xc0})
      for (const std::size_t at : {5, 7}) jpeg[i + at] = std::byte{0x7f};
  EXPECT_NE(error_of(jpeg).find("more than the 100000000 that are accepted"), std::string::npos) << error_of(jpeg);

  const std::vector<std::byte> png = testdata_bytes("huge_claim.png");
  EXPECT_NE(error_of(png).find("the header claims 100000x100000 pixels"), std::string::npos) << error_of(png);
}

TEST(DecodeImage, SurvivesDamageAtEveryByte) {
  for (const char* name : {"photo_420.jpg", "cmyk.jpg", "palette8.png", "interlaced.png"}) {
    std::vector<std::byte> file = testdata_bytes(name);
    for (std::size_t i = 0; i < file.size(); i += 3) {
      const std::byte kept = std::exchange(file[i], file[i] ^ std::byte{0xff});
      const auto size = image_size(file);
      if (size.ok() && static_cast<std::int64_t>(size->width) * size->height < 1'000'000) {
        const auto image = decode_image(file);
        EXPECT_TRUE(!image.ok() || image->size() == *size) << name << ", byte " << i;
      }
      file[i] = kept;
    }
  }
}

TEST(ReadImage, NamesTheFile) {
  const auto absent = read_image("no/such.jpg");
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  EXPECT_NE(absent.error().message.find("no/such.jpg"), std::string::npos);
  const auto text = read_image(testdata_path("expected.txt"));
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kMalformed);
  EXPECT_NE(text.error().message.find("expected.txt: not a picture"), std::string::npos);
}

TEST(ImageSizeOf, NeedsOnlyTheHeader) {
  for (const char* name : {"photo_420.jpg", "rgb8.png"}) {
    const std::vector<std::byte> whole = testdata_bytes(name);
    const auto size = image_size(std::span(whole).first(name[0] == 'p' ? 700 : 60));
    ASSERT_TRUE(size.ok()) << size.error().message;
    EXPECT_EQ(*size, (name[0] == 'p' ? ImageSize{150, 100} : ImageSize{20, 13}));
  }
}

TEST(EncodePng, KeepsEveryPixel) {
  const auto image = read_image(testdata_path("photo_444.jpg"));
  ASSERT_TRUE(image.ok());
  const auto file = encode_png(*image);
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto again = decode_image(*file);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, *image);
}

TEST(EncodeJpeg, StaysCloseAndGrowsWithQuality) {
  const auto image = read_image(testdata_path("photo_444.jpg"));
  ASSERT_TRUE(image.ok());
  const auto good = encode_jpeg(*image, 95), poor = encode_jpeg(*image, 20);
  ASSERT_TRUE(good.ok() && poor.ok());
  EXPECT_GT(good->size(), 2 * poor->size());
  const auto again = decode_image(*good);
  ASSERT_TRUE(again.ok());
  double sum = 0;
  for (std::size_t i = 0; i < image->bytes().size(); ++i) sum += std::abs(image->bytes()[i] - again->bytes()[i]);
  EXPECT_LT(sum / image->bytes().size(), 3);
  EXPECT_FALSE(encode_jpeg(*image, 0).ok());
}

TEST(Encode, RefusesAnEmptyPictureAndAnUnknownExtension) {
  EXPECT_FALSE(encode_jpeg(Image()).ok());
  EXPECT_FALSE(encode_png(Image()).ok());
  const Status status = write_image("out.gif", Image({1, 1}));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace octet
