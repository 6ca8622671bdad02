#include "data/first_look.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "data/annotation_faults.h"
#include "data/exif_for_test.h"
#include "image/encode.h"

namespace octet {
namespace {

using Lines = std::vector<std::string>;

Lines look(const Dataset& dataset, const FirstLookOptions& options = {}) {
  Lines lines;
  look_first(dataset, options, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

Lines calibration_look(const Dataset& dataset) { return look(dataset, {.calibrates = true}); }

bool mentions(const Lines& lines, std::string_view words) {
  return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

// One picture of 100 x 50 pixels that is not opened, with boxes.
Dataset with_boxes(const std::vector<BoxLtwh>& boxes) {
  Dataset dataset;
  dataset.annotation_file = "gt.json";
  dataset.images.push_back({1, "absent.jpg", 100, 50});
  dataset.truth.categories = {{1, "cup"}};
  for (std::int64_t id = 1; const BoxLtwh& box : boxes)
    dataset.truth.annotations.push_back({.id = id++, .image_id = 1, .category_id = 1, .box = box});
  return dataset;
}

// A picture with some content, `seed` of it.
std::string jpeg(ImageSize size, int seed) {
  Image image(size);
  for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = static_cast<std::uint8_t>((i * 7 + seed * 31) / 3 % 256);
  const auto file = encode_image("x.jpg", image);
  return {reinterpret_cast<const char*>(file->data()), file->size()};
}

Dataset pictures(const ScratchFolder& folder, const std::vector<std::string>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) folder.write(fmt::format("{}.jpg", i + 1), files[i]);
  return *open_dataset({.images = {folder.path()}});
}

void list_sizes(Dataset& dataset, ImageSize size) {
  change_rows(dataset.images, [&](ImageEntry& image) {
    image.width = size.width;
    image.height = size.height;
  });
}

TEST(AnnotationFaults, AreCounted) {
  Dataset dataset = with_boxes({{0, 0, 100, 50}, {0, 0, 100.9, 50}, {50, 20, 90, 40}, {0.1, 0.2, 0.5, 0.5}, {9, 9, 0, 5}});
  EXPECT_TRUE(find_annotation_faults(with_boxes({{0, 0, 100, 50}})).none());
  auto& annotations = dataset.truth.annotations;
  change_rows(annotations, [](CocoAnnotation& annotation) {
    if (annotation.id == 2) annotation.category_id = 77;
    if (annotation.id == 3) annotation.category_id = 78;
    if (annotation.id == 1) annotation.id = 0;
  });
  annotations.push_back({.id = 9, .image_id = 5, .category_id = 1, .box = {}});
  ImageEntry again = dataset.images[0];
  again.id = 2;
  dataset.images.push_back(again);
  const AnnotationFaults faults = find_annotation_faults(dataset);
  EXPECT_EQ(faults.boxes, 5);
  EXPECT_EQ(faults.outside, 1);
  EXPECT_EQ(faults.in_pixel, 1);
  EXPECT_EQ(faults.in_percent, 0);
  EXPECT_EQ(faults.without_area, 1);
  EXPECT_EQ(faults.with_id_0, 1);
  EXPECT_EQ(faults.of_no_category, 2);
  EXPECT_EQ(faults.of_no_image, 1);
  EXPECT_EQ(faults.shared_files, 1);
  EXPECT_FALSE(faults.none());
  const Lines lines = look(dataset);
  EXPECT_TRUE(mentions(lines, "gt.json: 1 annotation is of images that are not listed"));
  EXPECT_TRUE(mentions(lines, "gt.json: 2 annotations are of categories that are not listed, and left out"));
  EXPECT_TRUE(mentions(lines, "an annotation has the id 0"));
  EXPECT_TRUE(mentions(lines, "1 of 2 images has the file_name of another"));
  EXPECT_TRUE(mentions(lines, "1 of 5 boxes has no width or no height"));
}

TEST(AnnotationFaults, TellPercentFromPixels) {
  Dataset dataset = with_boxes({{1, 2, 90, 80}, {50, 50, 20, 20}, {0, 0, 100, 100}, {30, 60, 5, 9}, {10, 10, 80, 40}});
  list_sizes(dataset, {640, 480});
  EXPECT_TRUE(mentions(look(dataset), "all boxes lie within the first 100 pixels of their pictures"));
  dataset.truth.annotations = {{1, 1, 1, {300, 200, 40, 40}}, {2, 1, 1, {50, 50, 20, 20}}};
  EXPECT_TRUE(look(dataset).empty());
  EXPECT_TRUE(look(dataset).empty());
}

TEST(AnnotationFaults, SayThatNothingIsAnnotated) {
  Dataset dataset = with_boxes({});
  dataset.truth.images.push_back({.id = 1, .file_name = "absent.jpg"});
  EXPECT_TRUE(mentions(look(dataset), "gt.json: nothing is annotated"));
}

TEST(FirstLook, SaysThatBoxesAreInAnotherForm) {
  EXPECT_TRUE(mentions(look(with_boxes({{0, 0, 9, 9}, {50, 20, 90, 40}})), "gt.json: 1 of 2 boxes reaches outside their picture"));
  EXPECT_TRUE(mentions(look(with_boxes({{0, 0, 9, 9}, {0.5, 0.2, 0.3, 0.4}})), "1 of 2 boxes lies within the first pixel"));
  EXPECT_TRUE(look(with_boxes({{0, 0, 9, 9}})).empty());
}

TEST(FirstLook, KeepsQuietWherePicturesAreAsListed) {
  const ScratchFolder folder;
  Dataset dataset = pictures(folder, {jpeg({8, 6}, 1), jpeg({8, 6}, 2)});
  list_sizes(dataset, {8, 6});
  EXPECT_TRUE(look(dataset).empty());
}

TEST(FirstLook, FindsPicturesThatLieOnTheirSide) {
  const ScratchFolder folder;
  Dataset dataset = pictures(folder, {with_orientation(jpeg({8, 6}, 1), 6), with_orientation(jpeg({8, 6}, 2), 8)});
  list_sizes(dataset, {6, 8});
  EXPECT_TRUE(mentions(look(dataset), "2 of 2 pictures lie on their side")) << fmt::format("{}", fmt::join(look(dataset), "|"));
  dataset.decode.apply_exif = true;
  EXPECT_TRUE(look(dataset).empty());
  list_sizes(dataset, {8, 6});  // annotated as they are stored
  EXPECT_TRUE(mentions(look(dataset), "try without --exif"));
  dataset.decode.apply_exif = false;
  EXPECT_TRUE(look(dataset).empty());
}

TEST(FirstLook, FindsOrientationsThatSizesDoNotTell) {
  const ScratchFolder folder;
  Dataset dataset = pictures(folder, {with_orientation(jpeg({8, 6}, 1), 3), jpeg({8, 6}, 2)});
  list_sizes(dataset, {8, 6});
  EXPECT_TRUE(mentions(look(dataset), "1 of 2 pictures has an EXIF orientation, which is not applied"));
}

TEST(FirstLook, FindsSwappedAndOtherSizes) {
  const ScratchFolder folder;
  Dataset dataset = pictures(folder, {jpeg({8, 6}, 1)});
  list_sizes(dataset, {6, 8});
  EXPECT_TRUE(mentions(look(dataset), "1 of 1 pictures has width and height swapped"));
  list_sizes(dataset, {16, 12});
  EXPECT_TRUE(mentions(look(dataset), "such as 1.jpg: 8 x 6, not 16 x 12"));
}

TEST(FirstLook, CountsFilesThatWereLeftOut) {
  const ScratchFolder folder;
  folder.write("a.heic", "x");
  EXPECT_TRUE(mentions(look(pictures(folder, {jpeg({8, 6}, 1)})), "1 file is left out that octet does not read: 1 .heic"));
}

TEST(FirstLook, FindsFewCalibrationPictures) {
  const ScratchFolder folder;
  const Dataset dataset = pictures(folder, {jpeg({8, 6}, 1)});
  EXPECT_TRUE(mentions(calibration_look(dataset), "only 1 picture to calibrate with"));
  EXPECT_TRUE(look(dataset).empty());
}

TEST(FirstLook, FindsCalibrationPicturesThatShowNothing) {
  const ScratchFolder folder;
  const auto black = encode_image("x.jpg", Image({8, 6}));
  const std::string file(reinterpret_cast<const char*>(black->data()), black->size());
  EXPECT_TRUE(mentions(calibration_look(pictures(folder, {file, file, jpeg({8, 6}, 1)})),
                       "2 of 3 pictures to calibrate with are all of one colour"));
}

TEST(FirstLook, FindsCopiesOfOneCalibrationPicture) {
  const ScratchFolder folder;
  EXPECT_TRUE(mentions(calibration_look(pictures(folder, {jpeg({8, 6}, 1), jpeg({8, 6}, 1)})), "are all the same picture"));
  EXPECT_FALSE(mentions(calibration_look(pictures(folder, {jpeg({8, 6}, 1), jpeg({8, 6}, 2)})), "are all the same picture"));
}

TEST(FirstLookAtResults, NamesCategoriesThatOneSideLacks) {
  CocoGroundTruth truth;
  truth.categories = {{1, "cat", 3}, {2, "dog", 4}, {3, "cow", 0}};
  Lines lines;
  const auto warn = [&](std::string_view line) { lines.emplace_back(line); };
  look_first(truth, {{1, 1, {}, 0.5}, {1, 2, {}, 0.5}}, warn);
  EXPECT_TRUE(lines.empty());
  look_first(truth, {{1, 1, {}, 0.5}, {1, 81, {}, 0.5}, {1, 0, {}, 0.5}}, warn);
  EXPECT_TRUE(mentions(lines, "2 of 3 boxes are of categories that the annotations lack and count for nothing: 0, 81"));
  EXPECT_TRUE(mentions(lines, "1 of 3 categories has no box though annotated, which counts as an AP of 0: dog"));
}

}  // namespace
}  // namespace octet
