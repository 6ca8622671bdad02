#include "data/dataset.h"

#include <map>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "data/check_dataset.h"
#include "base/scratch_folder.h"
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

TEST(OpenDataset, SortsImagesById) {
  const ScratchFolder folder;
  folder.write("val2017/a.jpg", "x");
  write_annotations(folder, R"({"id": 9, "file_name": "a.jpg", "width": 4, "height": 3}, {"id": 2, "file_name": "b.jpg"})");
  const auto dataset = open_dataset({.folder = folder.path()});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{2, 9}));
  EXPECT_EQ(dataset->images[1].path, folder.path() / "val2017" / "a.jpg");
  EXPECT_EQ(dataset->images[1].width, 4);
}

TEST(OpenDataset, RefusesAFileNameThatLeavesTheFolder) {
  for (const char* name : {"../secret.jpg", "/etc/passwd", "a/../../b.jpg", ""}) {
    const ScratchFolder folder;
    write_annotations(folder, fmt::format(R"({{"id": 9, "file_name": "{}"}})", name));
    const auto dataset = open_dataset({.folder = folder.path()});
    ASSERT_FALSE(dataset.ok()) << name;
    EXPECT_NE(dataset.error().message.find("images[0]: 'file_name'"), std::string::npos) << dataset.error().message;
  }
}

TEST(OpenDataset, TakesAnAbsoluteFileNameInsideTheFolder) {
  const ScratchFolder folder;
  const std::string inside = folder.write("val2017/cam0/a.jpg", "x").string();
  write_annotations(folder, fmt::format(R"({{"id": 9, "file_name": "{}"}})", inside));
  const auto dataset = open_dataset({.folder = folder.path()});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->images[0].path, inside);
  EXPECT_EQ(dataset->images[0].name, "cam0/a.jpg");
}

TEST(OpenDataset, SaysThatNoPictureThatIsListedIsThere) {
  const ScratchFolder folder;
  folder.write("val2017/a.jpg", "x");
  write_annotations(folder, R"({"id": 9, "file_name": "val2017/a.jpg"}, {"id": 10, "file_name": "val2017/b.jpg"})");
  for (const DataUse use : {DataUse::kDetect, DataUse::kCalibrate}) {
    const auto dataset = open_dataset({.folder = folder.path()}, use);
    ASSERT_FALSE(dataset.ok());
    EXPECT_EQ(dataset.error().code, ErrorCode::kNotFound);
    EXPECT_NE(dataset.error().message.find("none of the 2 images that"), std::string::npos) << dataset.error().message;
    EXPECT_NE(dataset.error().message.find("such as 'val2017/a.jpg'; names are relative to this folder, in which there is a 'a.jpg'"),
              std::string::npos)
        << dataset.error().message;
  }
  write_annotations(folder, "");
  EXPECT_NE(open_dataset({.folder = folder.path()}).error().message.find("lists no images"), std::string::npos);
}

TEST(OpenDataset, SaysWhatIsWrongWithAFileName) {
  const ScratchFolder folder;
  write_annotations(folder, R"({"id": 9, "coco_url": "http://example.org/a.jpg"})");
  EXPECT_NE(open_dataset({.folder = folder.path()}).error().message.find("'file_name': is missing"), std::string::npos);
  write_annotations(folder, R"({"id": 9, "file_name": "/data/val2017/a.jpg"})");
  EXPECT_NE(open_dataset({.folder = folder.path()}).error().message.find("is the absolute path '/data/val2017/a.jpg'"), std::string::npos);
  write_annotations(folder, fmt::format(R"({{"id": 9, "file_name": "{}/val2017/../secret.jpg"}})", folder.path().string()));
  EXPECT_NE(open_dataset({.folder = folder.path()}).error().message.find("absolute"), std::string::npos);
}

TEST(OpenDataset, SaysWhatIsExpectedOfAFolderWithoutAnnotations) {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder.path() / "val2017");
  const auto dataset = open_dataset({.folder = folder.path()});
  ASSERT_FALSE(dataset.ok());
  EXPECT_EQ(dataset.error().code, ErrorCode::kNotFound);
  EXPECT_NE(dataset.error().message.find("no annotations; expected annotations/instances_val2017.json"), std::string::npos);
  EXPECT_NE(open_dataset({.folder = folder.path() / "absent"}).error().message.find("no such folder"), std::string::npos);
}

TEST(OpenDataset, NamesTheFolderOfPicturesThatIsAbsent) {
  const ScratchFolder folder;
  folder.write("annotations/instances_val2014.json", "{}");
  const auto dataset = open_dataset({.folder = folder.path()});
  ASSERT_FALSE(dataset.ok());
  EXPECT_EQ(dataset.error().code, ErrorCode::kNotFound);
  EXPECT_NE(dataset.error().message.find("expected val2014/ or images/"), std::string::npos) << dataset.error().message;
}

struct Layout {
  std::string annotations, picture;
};

class OpenDatasetLayout : public testing::TestWithParam<Layout> {};

TEST_P(OpenDatasetLayout, IsFound) {
  const ScratchFolder folder;
  const auto& [annotations, picture] = GetParam();
  const std::string name = std::filesystem::path(picture).filename().string();
  folder.write(picture, "x");
  folder.write(annotations, fmt::format(R"({{"images": [{{"id": 3, "file_name": "{}"}}], "categories": [], "annotations": []}})", name));
  const auto dataset = open_dataset({.folder = folder.path()});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->images[0].path, folder.path() / picture);
}

INSTANTIATE_TEST_SUITE_P(All, OpenDatasetLayout,
                         testing::Values(Layout{"annotations/instances_val2017.json", "val2017/a.jpg"},
                                         Layout{"annotations/instances_val2017.json", "images/val2017/a.jpg"},
                                         Layout{"annotations/instances_val2014.json", "val2014/COCO_val2014_000000000042.jpg"},
                                         Layout{"valid/_annotations.coco.json", "valid/a_jpg.rf.0123.jpg"},
                                         Layout{"test/_annotations.coco.json", "test/a.jpg"}, Layout{"_annotations.coco.json", "a.jpg"},
                                         Layout{"annotations/instances_default.json", "images/a.jpg"},
                                         Layout{"annotations/instances_default.json", "images/default/a.jpg"},
                                         Layout{"annotations/instances_street.json", "street/a.jpg"},
                                         Layout{"annotations/instances_val2017.json.gz", "val2017/a.jpg"},
                                         Layout{"valid/_annotations.coco.json.zst", "valid/a.jpg"},
                                         Layout{"annotations/instances_street.json.zst", "street/a.jpg"}));

TEST(OpenAnnotated, TakesPicturesAndAnnotationsApart) {
  const ScratchFolder folder;
  folder.write("result.json", R"({"images": [{"id": 1, "file_name": "deep/a.jpg"}], "categories": [], "annotations": []})");
  folder.write("pictures/deep/a.jpg", "x");
  const auto dataset = open_dataset({.images = {folder.path() / "pictures"}, .annotations = folder.path() / "result.json"});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->images[0].path, folder.path() / "pictures/deep/a.jpg");
}

TEST(OpenPictures, TakesImagesByNameAndPassesOverTheRest) {
  const ScratchFolder folder;
  for (const char* name : {"b.PNG", "a.jpeg", "c.jpg", "notes.txt", "d.jpg.part"}) folder.write(name, "x");
  const auto dataset = open_dataset({.images = {folder.path()}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  ASSERT_EQ(dataset->images.size(), 3u);
  EXPECT_EQ(std::filesystem::path(dataset->images[0].path).filename(), "a.jpeg");
  EXPECT_EQ(std::filesystem::path(dataset->images[1].path).filename(), "b.PNG");
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST(OpenPictures, TakesIdsFromNamesThatAreNumbers) {
  const ScratchFolder folder;
  for (const char* name : {"000000000139.jpg", "000000000802.jpg"}) folder.write(name, "x");
  EXPECT_EQ(ids_of(*open_dataset({.images = {folder.path()}})), (std::vector<std::int64_t>{139, 802}));
}

TEST(OpenPictures, CountsWhereTwoNamesAreTheSameNumber) {
  const ScratchFolder folder;
  for (const char* name : {"5.jpg", "05.jpg"}) folder.write(name, "x");
  EXPECT_EQ(ids_of(*open_dataset({.images = {folder.path()}})), (std::vector<std::int64_t>{1, 2}));
}

TEST(OpenPictures, RefusesAFolderWithoutImages) {
  const ScratchFolder folder;
  EXPECT_EQ(open_dataset({.images = {folder.path()}}).error().code, ErrorCode::kNotFound);
}

TEST(OpenPictures, TakesFilesAndFoldersWithAllBelowThem) {
  const ScratchFolder folder;
  for (const char* name : {"one.jpg", "many/a.jpg", "many/cam0/b.png", "many/cam0/deep/c.jpg", "many/.hidden/d.jpg"})
    folder.write(name, "x");
  std::filesystem::create_directory_symlink(folder.path() / "many", folder.path() / "many" / "cam0" / "loop");
  const auto dataset = open_dataset({.images = {folder.path() / "one.jpg", folder.path() / "many"}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  std::vector<std::string> names;
  for (const ImageEntry& image : dataset->images) names.push_back(image.name);
  EXPECT_EQ(names, (std::vector<std::string>{"one.jpg", "many/a.jpg", "many/cam0/b.png", "many/cam0/deep/c.jpg"}));
}

TEST(OpenPictures, TellsPicturesOfOneNameApart) {
  const ScratchFolder folder;
  for (const char* name : {"a/x.jpg", "b/x.jpg"}) folder.write(name, "x");
  const auto dataset = open_dataset({.images = {folder.path() / "a" / "x.jpg", folder.path() / "b" / "x.jpg"}});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_NE(dataset->images[0].name, dataset->images[1].name);
  EXPECT_TRUE(std::filesystem::path(dataset->images[0].name).is_relative());
}

TEST(OpenPictures, NamesWhatIsNotThere) {
  const ScratchFolder folder;
  const auto dataset = open_dataset({.images = {folder.path() / "absent.jpg"}});
  ASSERT_FALSE(dataset.ok());
  EXPECT_NE(dataset.error().message.find("absent.jpg: no such picture or folder"), std::string::npos);
}

TEST(OpenPictures, TakesTheNumbersOfCoco2014) {
  const ScratchFolder folder;
  for (const char* name : {"COCO_val2014_000000000042.jpg", "COCO_val2014_000000000073.jpg"}) folder.write(name, "x");
  EXPECT_EQ(ids_of(*open_dataset({.images = {folder.path()}})), (std::vector<std::int64_t>{42, 73}));
}

TEST(OpenPictures, CountsFilesThatAreNoPictures) {
  const ScratchFolder folder;
  for (const char* name : {"a.jpg", "b.heic", "sub/c.HEIC", "labels.json", "README.txt"}) folder.write(name, "x");
  EXPECT_EQ(open_dataset({.images = {folder.path()}})->other_files, (std::map<std::string, std::int64_t>{{".heic", 2}}));
}

TEST(OpenPictures, TakesCategoriesAndIdsOfImagesThatAreListedByName) {
  const ScratchFolder folder;
  for (const char* name : {"p/a.jpg", "p/b.jpg"}) folder.write(name, "x");
  const auto truth = folder.write("gt.json", R"({"images": [{"id": 31, "file_name": "b.jpg"}, {"id": 77, "file_name": "a.jpg"}, {"id": 5}],
                                                 "categories": [{"id": 4, "name": "cup"}], "annotations": []})");
  const DataSource source{.images = {folder.path() / "p"}, .categories = truth};
  auto dataset = open_dataset(source);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{31, 77}));
  EXPECT_EQ(dataset->images[0].name, "b.jpg");
  EXPECT_EQ(dataset->truth.categories[0].name, "cup");
  folder.write("p/c.jpg", "x");
  dataset = open_dataset(source);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{1, 2, 3}));  // ids of two sources would not be told apart
}

TEST(OpenCalibrationImages, PrefersTrainingPictures) {
  const ScratchFolder folder;
  folder.write("val2017/1.jpg", "x");
  EXPECT_EQ(open_dataset({.folder = folder.path()}, DataUse::kCalibrate)->image_folder, folder.path() / "val2017");
  folder.write("train2017/2.jpg", "x");
  EXPECT_EQ(open_dataset({.folder = folder.path()}, DataUse::kCalibrate)->image_folder, folder.path() / "train2017");
}

TEST(OpenCalibrationImages, TakesTheImagesThatAreMeasured) {
  const ScratchFolder folder;
  for (const char* name : {"val2017/cam0/1.jpg", "val2017/cam1/1.jpg", "val2017/unlisted.jpg"}) folder.write(name, "x");
  write_annotations(folder,
                    R"({"id": 1, "file_name": "cam0/1.jpg"}, {"id": 2, "file_name": "cam1/1.jpg"}, {"id": 3, "file_name": "gone.jpg"})");
  std::vector<std::string> warnings;
  const auto dataset =
      open_dataset({.folder = folder.path()}, DataUse::kCalibrate, [&](std::string_view message) { warnings.emplace_back(message); });
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{1, 2}));
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("lists 3 images, 1 of which is not in"), std::string::npos) << warnings[0];
}

// A training part is listed as every other is: by its annotations, subfolders included, where it has some.
TEST(OpenCalibrationImages, ListsTrainingPicturesByTheirAnnotations) {
  for (const std::string annotations : {"annotations/instances_train.json", "train/_annotations.coco.json"}) {
    const ScratchFolder folder;
    for (const char* name : {"train/cam0/1.jpg", "train/cam1/1.jpg", "train/unlisted.jpg"}) folder.write(name, "x");
    folder.write(annotations, R"({"images": [{"id": 8, "file_name": "cam1/1.jpg"}, {"id": 5, "file_name": "./cam0/1.jpg"}],
                                  "categories": [], "annotations": []})");
    std::vector<std::string> warnings;
    const auto dataset =
        open_dataset({.folder = folder.path()}, DataUse::kCalibrate, [&](auto message) { warnings.emplace_back(message); });
    ASSERT_TRUE(dataset.ok()) << dataset.error().message;
    EXPECT_EQ(ids_of(*dataset), (std::vector<std::int64_t>{5, 8}));
    EXPECT_EQ(dataset->images[0].name, "cam0/1.jpg");
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("does not list 1 of the pictures in"), std::string::npos) << warnings[0];
  }
}

TEST(OpenCalibrationImages, HaveAnnotationsWhereTheyAreMeasuredToo) {
  const ScratchFolder folder;
  folder.write("train/1.jpg", "x");
  folder.write("train/_annotations.coco.json",
               R"({"images": [{"id": 1, "file_name": "1.jpg"}], "categories": [{"id": 3, "name": "cat"}],
                   "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [0, 0, 2, 2], "area": 4, "iscrowd": 0}]})");
  EXPECT_TRUE(open_dataset({.folder = folder.path()}, DataUse::kCalibrate)->truth.annotations.empty());
  const auto measured = open_dataset({.folder = folder.path()}, DataUse::kCalibrateAndMeasure);
  ASSERT_TRUE(measured.ok()) << measured.error().message;
  EXPECT_EQ(ids_of(*measured), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(measured->truth.annotations.size(), 1u);
}

TEST(OpenCalibrationImages, TakesPicturesAndAnnotationsApart) {
  const ScratchFolder folder;
  folder.write("p/deep/a.jpg", "x");
  const auto list = folder.write(
      "gt.json",
      R"({"images": [{"id": 4, "file_name": "deep/a.jpg"}, {"id": 5, "file_name": "b.jpg"}], "categories": [], "annotations": []})");
  const DataSource source{.images = {folder.path() / "p"}, .annotations = list};
  EXPECT_EQ(ids_of(*open_dataset(source, DataUse::kCalibrate)), (std::vector<std::int64_t>{4}));
  EXPECT_EQ(ids_of(*open_dataset(source)), (std::vector<std::int64_t>{4, 5}));
}

TEST(OpenDataset, SaysWhatMustBeNamed) {
  EXPECT_EQ(open_dataset({}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(open_dataset({.images = {"a", "b"}, .annotations = "gt.json"}).error().code, ErrorCode::kInvalidArgument);
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

TEST(ImageList, GivesBackWhateverPathsAndNamesThereAre) {
  const std::vector<ImageEntry> given{{3, "set/a.jpg", 8, 6, "a.jpg"},
                                      {-1, "set/deep/b.jpg", 0, 0, "deep/b.jpg"},
                                      {5, "elsewhere/c.jpg", 1, 2, "c.jpg"},
                                      {std::int64_t{1} << 40, "d.jpg", 1, 1, "a.jpg"},
                                      {6, "set/e.jpg", 1, 1, ""},
                                      {7, "set/", 1, 1, ""}};
  for (std::size_t first = 0; first < given.size(); ++first) {  // from which the part in front of the names is taken
    ImageList list;
    for (std::size_t i = 0; i < given.size(); ++i) list.push_back(given[(first + i) % given.size()]);
    for (std::size_t i = 0; i < given.size(); ++i) {
      const ImageEntry &expected = given[(first + i) % given.size()], entry = list[i];
      EXPECT_EQ(entry.id, expected.id);
      EXPECT_EQ(entry.path, expected.path);
      EXPECT_EQ(entry.name, expected.name);
      EXPECT_EQ(entry.width, expected.width);
      EXPECT_EQ(entry.height, expected.height);
      EXPECT_EQ(list.id(i), expected.id);
      EXPECT_EQ(list.name(i), expected.name);
    }
  }
}

TEST(AnnotatedImages, AreThoseThatHaveSome) {
  Dataset dataset = numbered(9);
  erase_rows_if(dataset.truth.annotations, [](const CocoAnnotation& annotation) { return annotation.image_id % 4 != 0; });
  EXPECT_EQ(ids_of(*annotated_images(dataset)), (std::vector<std::int64_t>{4, 8}));
  dataset.truth.annotations = {};
  EXPECT_EQ(annotated_images(dataset).error().code, ErrorCode::kNotFound);
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
  const auto dataset = open_dataset({.folder = folder.path()});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  const DatasetReport report = check_dataset(*dataset, 2);
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
  EXPECT_EQ(report.faults.of_no_image, 1);
  EXPECT_EQ(report.faults.of_no_category, 1);
  EXPECT_FALSE(report.ok());
}

TEST(CheckDataset, FindsNothingWrongWithTheSharedData) {
  const std::filesystem::path dir = OCTET_SOURCE_DIR "/../shared/data/coco";
  if (!std::filesystem::exists(dir)) GTEST_SKIP() << "no COCO data at " << dir;
  const auto dataset = open_dataset({.folder = dir});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  std::int64_t steps = 0;
  const DatasetReport report = check_dataset(first_images(*dataset, 12), 1, [&](std::int64_t done, std::int64_t) { steps = done; });
  EXPECT_TRUE(report.missing.empty() && report.unreadable.empty() && report.other_size.empty());
  EXPECT_EQ(report.usable_images, 12);
  EXPECT_EQ(steps, 12);
}

}  // namespace
}  // namespace octet
