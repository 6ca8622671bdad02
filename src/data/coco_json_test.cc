#include "data/coco_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "base/scratch_folder.h"

namespace octet {
namespace {

const char kSmall[] = R"({
  "info": {"year": 2017}, "licenses": [{"id": 4, "url": "x"}],
  "images": [{"license": 4, "file_name": "b.jpg", "height": 426, "width": 640, "id": 139}, {"id": 7}],
  "annotations": [
    {"segmentation": [[1, 2, 3, 4, 5, 6]], "area": 12.5, "iscrowd": 0, "image_id": 139, "bbox": [1.5, 2, 3, 4], "category_id": 18, "id": 1},
    {"segmentation": {"counts": [1, 2], "size": [426, 640]}, "iscrowd": 1, "image_id": 139, "bbox": [0, 0, 10, 20], "category_id": 18, "id": 2}],
  "categories": [{"supercategory": "animal", "id": 18, "name": "dog"}]})";

std::string annotations_error(const std::string& text) {
  const ScratchFolder folder;
  const auto truth = read_coco_annotations(folder.write("gt.json", text));
  if (truth.ok()) return "";
  EXPECT_EQ(truth.error().code, ErrorCode::kMalformed);
  const std::string prefix = (folder.path() / "gt.json").string() + ": ";
  EXPECT_TRUE(truth.error().message.starts_with(prefix)) << truth.error().message;
  return truth.error().message.substr(prefix.size());
}

std::string with_annotation(const std::string& annotation) {
  return R"({"images": [{"id": 1}], "categories": [{"id": 1}], "annotations": [)" + annotation + "]}";
}

TEST(ReadCocoAnnotations, TakesNullForAbsentAndAnyFormOfLicence) {
  const ScratchFolder folder;
  const auto truth = read_coco_annotations(folder.write("gt.json", R"({
    "licenses": [{"id": "x", "name": null}],
    "images": [{"id": 1, "license": null, "flickr_url": null, "width": null}, {"id": 2, "license": "mine", "flickr_url": 3}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 3], "area": null, "iscrowd": null}],
    "categories": [{"id": 1, "name": null}]})"));
  ASSERT_TRUE(truth.ok()) << truth.error().message;
  EXPECT_EQ(truth->images[1].credit, "");
  EXPECT_EQ(truth->annotations[0].area, 6);
  EXPECT_FALSE(truth->annotations[0].is_crowd);
  EXPECT_EQ(truth->categories[0].name, "1");
}

const char kLvis[] = R"({
  "images": [{"id": 5, "coco_url": "http://images.cocodataset.org/val2017/000000000005.jpg", "neg_category_ids": [2, 9],
              "not_exhaustive_category_ids": []}],
  "categories": [{"id": 2, "name": "awl", "frequency": "r"}, {"id": 9, "name": "cup", "frequency": "f"}, {"id": 11, "name": "fig", "frequency": "c"}],
  "annotations": [{"id": 1, "image_id": 5, "category_id": 11, "bbox": [0, 0, 2, 3]}]})";

void expect_lvis(const CocoGroundTruth& truth) {
  EXPECT_EQ(truth.images[0].file_name, "val2017/000000000005.jpg");
  ASSERT_EQ(truth.verifications.size(), 1u);
  EXPECT_EQ(truth.verifications[0].image_id, 5);
  EXPECT_EQ(truth.verifications[0].absent, (std::vector<std::int64_t>{2, 9}));
  EXPECT_TRUE(truth.verifications[0].partly.empty());
  ASSERT_EQ(truth.categories.size(), 3u);
  EXPECT_EQ(truth.categories[0].frequency, CategoryFrequency::kRare);
  EXPECT_EQ(truth.categories[1].frequency, CategoryFrequency::kFrequent);
  EXPECT_EQ(truth.categories[2].frequency, CategoryFrequency::kCommon);
}

TEST(ReadCocoAnnotations, ReadsWhatLvisAddsAndWritesIt) {
  const ScratchFolder folder;
  const auto truth = read_coco_annotations(folder.write("lvis.json", kLvis));
  ASSERT_TRUE(truth.ok()) << truth.error().message;
  expect_lvis(*truth);
  const auto again = read_coco_annotations(folder.write("again.json", *format_coco_annotations(*truth)));
  ASSERT_TRUE(again.ok()) << again.error().message;
  expect_lvis(*again);
}

TEST(ReadCocoAnnotations, NamesWhatIsWrongOfLvis) {
  const auto with = [](const std::string& image, const std::string& category) {
    return R"({"images": [{"id": 1, )" + image + R"(}], "categories": [{"id": 1, )" + category + R"(}], "annotations": []})";
  };
  EXPECT_EQ(annotations_error(with(R"("neg_category_ids": [1.5])", R"("name": "a")")),
            "images[0]: 'neg_category_ids' has a number that is no integer");
  EXPECT_EQ(annotations_error(with(R"("not_exhaustive_category_ids": "1")", R"("name": "a")")),
            "images[0]: 'not_exhaustive_category_ids' is a string, expected an array of integers");
  EXPECT_EQ(annotations_error(with(R"("width": 1)", R"("frequency": "x")")), "categories[0]: 'frequency' is 'x', expected r, c or f");
}

TEST(ReadCocoAnnotations, ReadsTheThreeSections) {
  const ScratchFolder folder;
  const auto truth = read_coco_annotations(folder.write("gt.json", kSmall));
  ASSERT_TRUE(truth.ok()) << truth.error().message;
  ASSERT_EQ(truth->images.size(), 2u);
  EXPECT_EQ(truth->images[0].id, 139);
  EXPECT_EQ(truth->images[0].file_name, "b.jpg");
  EXPECT_EQ(truth->images[0].width, 640);
  EXPECT_EQ(truth->images[0].height, 426);
  ASSERT_EQ(truth->categories.size(), 1u);
  EXPECT_EQ(truth->categories[0].name, "dog");
  ASSERT_EQ(truth->annotations.size(), 2u);
  EXPECT_EQ(truth->annotations[0].box, (BoxLtwh{1.5, 2, 3, 4}));
  EXPECT_EQ(truth->annotations[0].area, 12.5);
  EXPECT_FALSE(truth->annotations[0].is_crowd);
  EXPECT_TRUE(truth->annotations[1].is_crowd);
}

TEST(ReadCocoAnnotations, TakesTheBoxForAnAreaThatIsAbsent) {
  const ScratchFolder folder;
  EXPECT_EQ(read_coco_annotations(folder.write("gt.json", kSmall))->annotations[1].area, 200);
}

TEST(ReadCocoAnnotations, NamesEntryAndField) {
  EXPECT_EQ(annotations_error(with_annotation(R"({"id": 1, "image_id": 1, "category_id": 1})")), "annotations[0]: 'bbox' is missing");
  EXPECT_EQ(annotations_error(with_annotation(R"({"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]})")),
            "annotations[0]: 'bbox' is an array of 3 numbers, expected an array of 4 numbers");
  EXPECT_EQ(annotations_error(with_annotation(R"({"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, -3, 4]})")),
            "annotations[0]: 'bbox' has the size -3 x 4, expected none below 0");
  EXPECT_EQ(annotations_error(R"({"images": [{"id": 1}, {"id": 2, "width": -1}], "categories": [], "annotations": []})"),
            "images[1]: 'width' is -1, expected 0 to 1048576");
}

TEST(ReadCocoAnnotations, RefusesANegativeArea) {
  EXPECT_EQ(annotations_error(with_annotation(R"({"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": -5})")),
            "annotations[0]: 'area' is -5, expected none below 0");
}

TEST(ReadCocoAnnotations, TakesNamesWithoutTheBlanksAroundThemAndTheIdForABlankOne) {
  const ScratchFolder folder;
  const auto truth = read_coco_annotations(folder.write(
      "gt.json", R"({"images": [], "annotations": [], "categories": [{"id": 4, "name": " hot dog\t"}, {"id": 5, "name": " "}]})"));
  ASSERT_TRUE(truth.ok()) << truth.error().message;
  EXPECT_EQ(truth->categories[0].name, "hot dog");
  EXPECT_EQ(truth->categories[1].name, "5");
}

TEST(ReadCocoAnnotations, RefusesAnIdThatComesTwice) {
  EXPECT_EQ(annotations_error(R"({"images": [{"id": 1}, {"id": 1}], "categories": [], "annotations": []})"),
            "images[1]: 'id' is 1, which an entry before it has");
}

TEST(ReadCocoAnnotations, SaysWhatAFileWithoutAnnotationsLacks) {
  EXPECT_EQ(annotations_error(R"({"images": [], "categories": []})"), "has no 'annotations' array");
}

TEST(ReadCocoAnnotations, SaysWhereATruncatedFileEnds) {
  const std::string cut = std::string(kSmall).substr(0, 300);
  EXPECT_EQ(annotations_error(cut), "the JSON text ends too early, at byte 300; the file is cut off");
}

TEST(ReadCocoImages, ReadsNothingBehindThem) {
  const ScratchFolder folder;
  const std::string text(kSmall), cut = text.substr(0, text.find("segmentation"));
  const auto images = read_coco_images(folder.write("gt.json", cut));
  ASSERT_TRUE(images.ok()) << images.error().message;
  ASSERT_EQ(images->size(), 2u);
  EXPECT_EQ((*images)[0].file_name, "b.jpg");
  EXPECT_EQ((*images)[0].width, 640);
  EXPECT_EQ((*images)[1].id, 7);
}

TEST(ReadCocoAnnotations, ReadsTheCocoFileOfTheSharedData) {
  const std::filesystem::path path = OCTET_SOURCE_DIR "/../shared/data/coco/annotations/instances_val2017.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no COCO data at " << path;
  const auto truth = read_coco_annotations(path);
  ASSERT_TRUE(truth.ok()) << truth.error().message;
  EXPECT_EQ(truth->images.size(), 120u);
  EXPECT_EQ(truth->annotations.size(), 1004u);
  EXPECT_EQ(truth->categories.size(), 80u);
}

TEST(ReadCocoResults, NamesTheEntry) {
  const ScratchFolder folder;
  const auto results = read_coco_results(folder.write("r.json", R"([{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}])"));
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().message, (folder.path() / "r.json").string() + ": entry 0: 'score' is missing");
}

// Larger than a part that one thread reads.
std::string many_results(std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i)
    text += fmt::format(R"({}{{"image_id": {}, "category_id": 7, "bbox": [0, 1, 2, 3], "score": 0.5}})", i == 0 ? "" : ", ", i);
  return text + "]";
}
constexpr std::size_t kManyResults = 150'000;

TEST(ReadCocoResults, GivesTheSameOnAnyNumberOfThreads) {
  const ScratchFolder folder;
  const auto path = folder.write("r.json", many_results(kManyResults));
  for (const int threads : {1, 3}) {
    const auto results = read_coco_results(path, threads);
    ASSERT_TRUE(results.ok()) << results.error().message;
    ASSERT_EQ(results->size(), kManyResults);
    for (std::size_t i = 0; i < results->size(); ++i) ASSERT_EQ((*results)[i].image_id, static_cast<std::int64_t>(i));
  }
}

TEST(ReadCocoResults, NamesAnEntryInWhateverPartItIs) {
  const ScratchFolder folder;
  std::string text = many_results(kManyResults);
  text.replace(text.rfind("\"score\""), 7, "\"other\"");
  const auto results = read_coco_results(folder.write("r.json", text), 2);
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().message, (folder.path() / "r.json").string() + fmt::format(": entry {}: 'score' is missing", kManyResults - 1));
}

TEST(FormatCocoResults, WritesWhatIsReadBackUnchanged) {
  const ScratchFolder folder;
  const std::vector<CocoResult> results = {{139, 1, {0.1, 1e-17, 123456.789, 1.0 / 3}, 0.30000001192092896}, {-4, 90, {-1, 0, 2, 3}, 1}};
  const auto back = read_coco_results(folder.write("r.json", format_coco_results(results).value()));
  ASSERT_TRUE(back.ok()) << back.error().message;
  ASSERT_EQ(back->size(), results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ((*back)[i].image_id, results[i].image_id);
    EXPECT_EQ((*back)[i].category_id, results[i].category_id);
    EXPECT_EQ((*back)[i].box, results[i].box);
    EXPECT_EQ((*back)[i].score, results[i].score);
  }
}

RC_GTEST_PROP(FormatCocoResults, KeepsEveryFiniteNumber, (double number)) {
  RC_PRE(std::isfinite(number));
  const CocoResult result{1, 1, {number, 0, 0, 0}, number};
  const std::string text = format_coco_results(std::span(&result, 1)).value();
  RC_ASSERT(std::stod(text.substr(text.find("score") + 7)) == number);
}

TEST(FormatCocoResults, WritesAnEmptyArrayForNothing) {
  const ScratchFolder folder;
  EXPECT_TRUE(read_coco_results(folder.write("r.json", format_coco_results({}).value()))->empty());
}

TEST(FormatCocoResults, RefusesWhatJsonCannotHold) {
  const CocoResult bad{5, 1, {0, 0, 1, 1}, std::numeric_limits<double>::quiet_NaN()};
  const auto text = format_coco_results(std::span(&bad, 1));
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().message, "entry 0 (image 5) has a box or a score that is no finite number");
}

}  // namespace
}  // namespace octet
