#include "image/decode.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <tuple>
#include <utility>

#include "image/encode.h"
#include "image/exif.h"
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
  EXPECT_EQ(count, 53);
}

std::vector<std::string> pictures() {
  std::vector<std::string> names;
  for (const Expected& expected : expected_results())
    if (expected.what == "decode") names.push_back(expected.file);
  return names;
}

std::span<const std::byte> without_last(const std::vector<std::byte>& file, std::size_t bytes) {
  return std::span(file).first(file.size() - bytes);
}

// Where the scans of a JPEG begin.
std::vector<std::size_t> scans_of(const std::vector<std::byte>& jpeg) {
  std::vector<std::size_t> scans;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i)
    if (jpeg[i] == std::byte{0xff} && jpeg[i + 1] == std::byte{0xda}) scans.push_back(i);
  return scans;
}

TEST(DecodeImage, MakesUpNoPixelThatACutFileLacks) {
  for (const std::string& name : pictures()) {
    const std::vector<std::byte> file = testdata_bytes(name);
    const auto whole = decode_image(file);
    ASSERT_TRUE(whole.ok()) << name;
    for (std::size_t size = 0; size < file.size(); size += size < 700 || size + 40 > file.size() ? 1 : 97) {
      const auto cut = decode_image(std::span(file).first(size));
      EXPECT_TRUE(!cut.ok() || *cut == *whole) << name << " cut to " << size;
      EXPECT_FALSE(cut.ok() && size < file.size() / 2 && name != "two_pages.tif") << name << " cut to " << size;
    }
  }
}

TEST(DecodeImage, TakesAJpegWithoutItsEndMarkerForWhole) {
  for (const char* name : {"photo_420.jpg", "photo_444.jpg", "photo_progressive.jpg", "grey.jpg", "cmyk.jpg", "three_scans.jpg"}) {
    const std::vector<std::byte> file = testdata_bytes(name);
    for (const std::size_t bytes : {1, 2}) {
      const auto image = decode_image(without_last(file, bytes));
      ASSERT_TRUE(image.ok()) << name << ": " << image.error().message;
      EXPECT_EQ(*image, *decode_image(file)) << name;
    }
  }
}

TEST(DecodeImage, RefusesAJpegThatEndsBetweenTwoScans) {
  constexpr std::byte kEnd[] = {std::byte{0xff}, std::byte{0xd9}};
  for (const char* name : {"photo_progressive.jpg", "three_scans.jpg"}) {
    const std::vector<std::byte> file = testdata_bytes(name);
    const std::vector<std::size_t> scans = scans_of(file);
    ASSERT_GE(scans.size(), 3u);
    for (std::size_t i = 1; i < scans.size(); ++i)
      EXPECT_NE(error_of(std::span(file).first(scans[i])), "no error") << name << " without scan " << i;
  }
  // Even with an end marker a colour must not be missing.
  std::vector<std::byte> two_colours = testdata_bytes("three_scans.jpg");
  two_colours.resize(scans_of(two_colours)[2]);
  two_colours.insert(two_colours.end(), std::begin(kEnd), std::end(kEnd));
  EXPECT_EQ(error_of(two_colours), "JPEG: the scan of a colour is missing");
}

TEST(DecodeImage, RefusesAJpegOfArithmeticCodesWithoutItsEndMarker) {
  EXPECT_EQ(error_of(without_last(testdata_bytes("arithmetic.jpg"), 2)), "JPEG: the file ends before the last of its pixels");
}

TEST(DecodeImage, SaysThatAJpegEndsTooEarly) {
  const std::vector<std::byte> whole = testdata_bytes("photo_420.jpg");
  EXPECT_EQ(error_of(without_last(whole, whole.size() / 2)), "JPEG: the file ends before the last of its pixels");
}

TEST(DecodeImage, RefusesACutJpegWhoseFirstWarningIsHarmless) {
  std::vector<std::byte> file = testdata_bytes("photo_420.jpg");
  file.insert(file.begin() + 2 + 18, 5, std::byte{0});  // behind the APP0 segment
  EXPECT_EQ(error_of(file), "no error");
  EXPECT_EQ(error_of(without_last(file, file.size() / 2)), "JPEG: the file ends before the last of its pixels");
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

  // A width and a height of four bytes each, at offsets of each format.
  const std::tuple<const char*, std::size_t, std::size_t> kSides[] = {{"bits24.bmp", 18, 22}, {"grey.tif", 18, 30}};
  for (const auto& [name, width, height] : kSides) {
    std::vector<std::byte> file = testdata_bytes(name);
    for (const std::size_t at : {width, height}) file[at + 2] = std::byte{0x7f};
    EXPECT_NE(error_of(file).find("more than the 100000000"), std::string::npos) << name << ": " << error_of(file);
  }
  std::vector<std::byte> webp = testdata_bytes("animated.webp");
  for (const std::size_t at : {24, 27}) webp[at + 1] = std::byte{0x7f};  // the sides of the canvas, three bytes each
  EXPECT_NE(error_of(webp).find("more than the 100000000"), std::string::npos) << error_of(webp);
}

TEST(DecodeImage, SaysWhatOfABitmapIsNotRead) {
  std::vector<std::byte> file = testdata_bytes("bits8.bmp");
  file[30] = std::byte{1};  // run lengths
  EXPECT_EQ(error_of(file), "BMP: compression 1 is not read; save it as PNG");
  file = testdata_bytes("bits16_565.bmp");
  file[54] = std::byte{0xff};
  EXPECT_NE(error_of(file).find("colour masks"), std::string::npos) << error_of(file);
  file = testdata_bytes("bits24.bmp");
  file[28] = std::byte{7};
  EXPECT_NE(error_of(file).find("7 bits a pixel"), std::string::npos) << error_of(file);
}

TEST(DecodeImage, SaysWhatOfATiffIsNotRead) {
  std::vector<std::byte> file = testdata_bytes("grey.tif");
  file[42] = std::byte{33};  // bits of a sample
  EXPECT_TRUE(error_of(file).starts_with("TIFF: ")) << error_of(file);
}

TEST(DecodeImage, AppliesTheOrientationOfATiff) {
  std::vector<std::byte> file = testdata_bytes("orientation2.tif");
  constexpr std::size_t kOrientation = 8 + 2 + 6 * 12 + 8;
  ASSERT_EQ(file[kOrientation], std::byte{2});
  file[kOrientation] = std::byte{1};
  const Image stored = *decode_image(file);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    file[kOrientation] = static_cast<std::byte>(orientation);
    EXPECT_EQ(*decode_image(file), upright(stored, orientation)) << orientation;
    EXPECT_EQ(*image_size(file), upright(stored, orientation).size()) << orientation;
    EXPECT_EQ(exif_orientation(file), 1) << "nothing is left to apply";
  }
}

TEST(DecodeImage, SurvivesDamageAtEveryByte) {
  for (const std::string& name : pictures()) {
    std::vector<std::byte> file = testdata_bytes(name);
    for (std::size_t i = 0; i < file.size(); i += i < 200 ? 1 : 23) {
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
  const std::tuple<const char*, std::size_t, ImageSize> kHeaders[] = {{"photo_420.jpg", 700, {150, 100}},
                                                                      {"rgb8.png", 60, {20, 13}},
                                                                      {"bits24_from_top.bmp", 54, {11, 7}},
                                                                      {"lossy.webp", 40, {150, 100}},
                                                                      {"grey.tif", 134, {20, 13}}};
  for (const auto& [name, bytes, expected] : kHeaders) {
    const std::vector<std::byte> file = testdata_bytes(name);
    const auto size = image_size(std::span(file).first(bytes));
    ASSERT_TRUE(size.ok()) << name << ": " << size.error().message;
    EXPECT_EQ(*size, expected) << name;
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
