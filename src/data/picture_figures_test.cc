#include "data/picture_figures.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "image/encode.h"

namespace octet {
namespace {

// Of pixels by their place and the picture's number.
Dataset pictures(const ScratchFolder& folder, const char* name, int count, const std::function<int(std::size_t byte, int picture)>& pixel) {
  for (int i = 0; i < count; ++i) {
    Image image({32, 24});
    for (std::size_t byte = 0; byte < image.bytes().size(); ++byte)
      image.bytes()[byte] = static_cast<std::uint8_t>(std::clamp(pixel(byte, i), 0, 255));
    const auto file = encode_image("x.png", image);
    folder.write(fmt::format("{}/{:02}.png", name, i), {reinterpret_cast<const char*>(file->data()), file->size()});
  }
  return *open_dataset({.images = {folder.path() / name}});
}

int noise(std::size_t byte, int picture) { return static_cast<int>((byte * 7919 + static_cast<std::size_t>(picture) * 104729) / 13 % 256); }

bool says(const Dataset& dataset, std::string_view words) {
  const auto lines = calibration_remarks(dataset, 2);
  return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

TEST(PictureFigures, AreMeansOfThePixels) {
  Image image({2, 1});
  const std::uint8_t bytes[] = {10, 20, 60, 0, 0, 0};  // of seven pixels the first is looked at
  std::ranges::copy(bytes, image.bytes().begin());
  const PictureFigures figures = figures_of(image);
  EXPECT_EQ(figures.brightness, 30);
  EXPECT_EQ(figures.red_over_blue, 50);
  EXPECT_EQ(figures.colourfulness, 50);
  EXPECT_EQ(figures.brightest, 60);
  EXPECT_EQ(figures.darkest, 10);
  EXPECT_FALSE(figures.is_blank);
  EXPECT_TRUE(figures_of(Image({3, 3})).is_blank);
}

TEST(CalibrationRemarks, NameAnotherScale) {
  const ScratchFolder folder;
  EXPECT_TRUE(says(pictures(folder, "dark", 3, [](auto byte, int i) { return noise(byte, i) / 4; }), "is brighter than 63 of 255"));
  EXPECT_TRUE(says(pictures(folder, "bright", 3, [](auto byte, int i) { return 192 + noise(byte, i) / 4; }), "is darker than 192 of 255"));
  const Dataset usual = pictures(folder, "usual", 3, noise);
  EXPECT_FALSE(says(usual, "of 255"));
}

TEST(CalibrationRemarks, NamePicturesUnlikeThoseToMeasureOn) {
  const ScratchFolder folder;
  Dataset dataset = pictures(folder, "train", 10, [](auto byte, int i) { return noise(byte, i) / 2 + i; });
  dataset.measured_folder = pictures(folder, "dim", 10, [](auto byte, int i) { return noise(byte, i + 20) / 2 + 2 + i; }).image_folder;
  EXPECT_FALSE(says(dataset, "unlike"));
  dataset.measured_folder = pictures(folder, "bright", 10, [](auto byte, int i) { return 120 + noise(byte, i) / 2; }).image_folder;
  EXPECT_TRUE(says(dataset, "unlike the pictures that accuracy is measured on: brightness is"));
}

}  // namespace
}  // namespace octet
