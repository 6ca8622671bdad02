#include "data/dataset.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "data/check_dataset.h"
#include "data/scratch_folder.h"
#include "image/encode.h"

namespace octet {
namespace {

std::vector<std::int64_t> ids_of(const Dataset& dataset) {
  std::vector<std::int64_t> ids;
  for (const ImageEntry& image : dataset.images) ids.push_back(image.id);
  return ids;
}

void write_annotations(const ScratchFolder& folder, const std::string& images, const std::string& annotations = "") {
  folder.write("annotations/instances_val2017.json", fmt::format(R"({{"images": [{}], "categories": [{{"id": 1, "name": "cup"}}],
                                                                      "annotations": [{}]}})",
                                                                 images, annotations));
  std::filesystem::create_directories(folder.path() / "val2017");
}

std::string annotation(int id, int image, int category = 1) {
  return fmt::format(R"({{"id": {}, "image_id": {}, "category_id": {}, "bbox": [0, 0, 1, 1]}})", id, image, category);
}

Dataset numbered(int count) {
  Dataset dataset;
  for (int id = 1; id <= count; ++id) {
    dataset.images.push_back({id, {}, 0, 0});
    dataset.truth.images.push_back({.id = id, .file_name = {}});
    dataset.truth.annotations.push_back({id, id, 1, {}, 0, false});
  }
  return dataset;
}

TEST(OpenCoco, SortsImagesById) {
  const ScratchFolder folder;
  write_annotations(folder, R"({"id": 9, "file_name": "a.jpg", "width": 4, "height": 3}, {"id": 2, "file_name": "b.jpg"})");
  const auto dataset = open_coco(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{2, 9}));
  EXPECT_EQ(dataset->images[1].path, folder.path() / "val2017" / "a.jpg");
  EXPECT_EQ(dataset->images[1].width, 4);
}

TEST(OpenCoco, RefusesAFileNameThatLeavesTheFolder) {
  for (const char* name : {"../secret.jpg", "/etc/passwd", "a/../../b.jpg", ""}) {
    const ScratchFolder folder;
    write_annotations(folder, fmt::format(R"({{"id": 9, "file_name": "{}"}})", name));
    const auto dataset = open_coco(folder.path());
    ASSERT_FALSE(dataset.ok()) << name;
    EXPECT_NE(dataset.error().message.find("images[0]: 'file_name'"), std::string::npos) << dataset.error().message;
  }
}

TEST(OpenCoco, SaysWhichFolderIsAbsentAndWhatIsExpected) {
  const ScratchFolder folder;
  const auto dataset = open_coco(folder.path());
  ASSERT_FALSE(dataset.ok());
  EXPECT_EQ(dataset.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(dataset.error().message, (folder.path() / "val2017").string() +
                                         ": no such folder; expected COCO's layout: val2017/ and annotations/instances_val2017.json");
}

TEST(OpenCoco, NamesTheAnnotationFileThatIsAbsent) {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder.path() / "val2017");
  const auto dataset = open_coco(folder.path());
  ASSERT_FALSE(dataset.ok());
  EXPECT_EQ(dataset.error().code, ErrorCode::kNotFound);
  EXPECT_NE(dataset.error().message.find("instances_val2017.json"), std::string::npos);
}

TEST(OpenImageFolder, TakesImagesByNameAndPassesOverTheRest) {
  const ScratchFolder folder;
  for (const char* name : {"b.PNG", "a.jpeg", "c.jpg", "notes.txt", "d.jpg.part"}) folder.write(name, "x");
  const auto dataset = open_image_folder(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  ASSERT_EQ(dataset->images.size(), 3u);
  EXPECT_EQ(dataset->images[0].path.filename(), "a.jpeg");
  EXPECT_EQ(dataset->images[1].path.filename(), "b.PNG");
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST(OpenImageFolder, TakesIdsFromNamesThatAreNumbers) {
  const ScratchFolder folder;
  for (const char* name : {"000000000139.jpg", "000000000802.jpg"}) folder.write(name, "x");
  EXPECT_EQ(ids_of(*open_image_folder(folder.path())), (std::vector<std::int64_t>{139, 802}));
}

TEST(OpenImageFolder, CountsWhereTwoNamesAreTheSameNumber) {
  const ScratchFolder folder;
  for (const char* name : {"5.jpg", "05.jpg"}) folder.write(name, "x");
  EXPECT_EQ(ids_of(*open_image_folder(folder.path())), (std::vector<std::int64_t>{1, 2}));
}

TEST(OpenImageFolder, RefusesAFolderWithoutImages) {
  const ScratchFolder folder;
  EXPECT_EQ(open_image_folder(folder.path()).error().code, ErrorCode::kNotFound);
}

TEST(OpenCalibrationImages, PrefersTrain2017) {
  const ScratchFolder folder;
  folder.write("val2017/1.jpg", "x");
  EXPECT_EQ(open_calibration_images(folder.path())->image_folder, folder.path() / "val2017");
  folder.write("train2017/2.jpg", "x");
  EXPECT_EQ(open_calibration_images(folder.path())->image_folder, folder.path() / "train2017");
}

TEST(RandomSubset, DrawsTheSameImagesEveryTime) {
  // Written down, so that a change of machine or library that changes the draw is seen.
  EXPECT_EQ(ids_of(random_subset(numbered(100), 5, 42)), (std::vector<std::int64_t>{7, 17, 58, 79, 99}));
  EXPECT_NE(ids_of(random_subset(numbered(100), 5, 43)), ids_of(random_subset(numbered(100), 5, 42)));
}

TEST(RandomSubset, KeepsTheAnnotationsOfItsImages) {
  const Dataset part = random_subset(numbered(50), 7, 1);
  ASSERT_EQ(part.images.size(), 7u);
  ASSERT_EQ(part.truth.annotations.size(), 7u);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(part.truth.annotations[i].image_id, part.images[i].id);
}

TEST(RandomSubset, OfMoreThanThereAreIsEverything) {
  EXPECT_EQ(random_subset(numbered(3), 9, 1).images.size(), 3u);
  EXPECT_EQ(random_subset(numbered(3), 0, 1).images.size(), 3u);
}

TEST(RandomSubset, DrawsEveryImageAboutAsOften) {
  std::vector<int> drawn(10);
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    for (const std::int64_t id : ids_of(random_subset(numbered(10), 3, seed))) ++drawn[static_cast<std::size_t>(id - 1)];
  for (const int count : drawn) EXPECT_NEAR(count, 600, 120);
}

TEST(FirstImages, CutsImagesAndAnnotations) {
  const Dataset part = first_images(numbered(9), 2);
  EXPECT_EQ(ids_of(part), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(part.truth.annotations.size(), 2u);
}

TEST(CheckDataset, SortsOutWhatIsWrong) {
  const ScratchFolder folder;
  const Image image({8, 6});
  const auto png = encode_png(image);
  ASSERT_TRUE(png.ok());
  const std::string bytes(reinterpret_cast<const char*>(png->data()), png->size());
  folder.write("val2017/good.png", bytes);
  folder.write("val2017/cut.png", bytes.substr(0, bytes.size() / 2));
  folder.write("val2017/extra.png", bytes);
  folder.write("val2017/empty.png", "");
  folder.write("val2017/sized.png", bytes);
  write_annotations(folder,
                    R"({"id": 1, "file_name": "good.png", "width": 8, "height": 6}, {"id": 2, "file_name": "cut.png"},
                       {"id": 3, "file_name": "gone.png"}, {"id": 4, "file_name": "empty.png"},
                       {"id": 5, "file_name": "sized.png", "width": 6, "height": 8})",
                    annotation(1, 1) + "," + annotation(2, 2) + "," + annotation(3, 99) + "," + annotation(4, 1, 7));
  const auto dataset = open_coco(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  ThreadPool pool(2);
  const DatasetReport report = check_dataset(*dataset, &pool);
  EXPECT_EQ(report.images, 5);
  EXPECT_EQ(report.usable_images, 2);
  ASSERT_EQ(report.missing.size(), 1u);
  EXPECT_EQ(report.missing[0].filename(), "gone.png");
  ASSERT_EQ(report.unreadable.size(), 2u);
  EXPECT_EQ(report.unreadable[0].path.filename(), "cut.png");
  EXPECT_EQ(report.unreadable[1].path.filename(), "empty.png");
  ASSERT_EQ(report.other_size.size(), 1u);
  EXPECT_NE(report.other_size[0].reason.find("is 8 x 6, the annotations say 6 x 8"), std::string::npos);
  EXPECT_EQ(report.without_annotations.size(), 3u);
  ASSERT_EQ(report.not_listed.size(), 1u);
  EXPECT_EQ(report.not_listed[0].filename(), "extra.png");
  EXPECT_EQ(report.annotations_of_no_image, 1);
  EXPECT_EQ(report.annotations_of_no_category, 1);
  EXPECT_FALSE(report.ok());
}

TEST(CheckDataset, FindsNothingWrongWithTheSharedData) {
  const std::filesystem::path dir = OCTET_SOURCE_DIR "/../shared/data/coco";
  if (!std::filesystem::exists(dir)) GTEST_SKIP() << "no COCO data at " << dir;
  const auto dataset = open_coco(dir);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  std::int64_t steps = 0;
  const DatasetReport report = check_dataset(first_images(*dataset, 12), nullptr, [&](std::int64_t done, std::int64_t) { steps = done; });
  EXPECT_TRUE(report.missing.empty() && report.unreadable.empty() && report.other_size.empty());
  EXPECT_EQ(report.usable_images, 12);
  EXPECT_EQ(steps, 12);
}

}  // namespace
}  // namespace octet
