#include "accuracy/annotations.h"

#include <gtest/gtest.h>

#include "accuracy/subset.h"
#include "base/scratch_folder.h"

namespace octet::accuracy {
namespace {

constexpr const char* kCoco = R"({
  "images": [{"id": 9, "file_name": "b.jpg", "height": 4, "width": 6}, {"id": 3, "file_name": "a.jpg", "height": 8, "width": 6},
             {"id": 5, "file_name": "empty.jpg", "height": 8, "width": 6}],
  "categories": [{"id": 7, "name": "train"}, {"id": 2, "name": "bicycle"}],
  "annotations": [{"id": 1, "image_id": 9, "category_id": 2, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0},
                  {"id": 2, "image_id": 3, "category_id": 7, "bbox": [0, 0, 1, 1], "area": 1, "iscrowd": 1}]})";

Result<Annotations> converted(const ScratchFolder& folder, const std::string& yaml) {
  OCTET_ASSIGN(const Convert convert, make_converter(YAML::Load(yaml), {.source = folder.path(), .annotations = {}}));
  return convert();
}

using Labels = std::vector<std::pair<int, std::string>>;

TEST(CocoConverter, SortsImagesAndDropsThoseWithoutObjects) {
  const ScratchFolder folder;
  folder.write("a.json", kCoco);
  const auto annotations = converted(folder, "{converter: mscoco_detection, annotation_file: a.json}");
  ASSERT_TRUE(annotations.ok()) << annotations.error().message;
  EXPECT_EQ(annotations->converted, 3u);
  ASSERT_EQ(annotations->images.size(), 2u);
  EXPECT_EQ(annotations->images[0].file_name, "a.jpg");
  EXPECT_TRUE(annotations->images[0].truth.boxes[0].is_crowd);
  const Box& box = annotations->images[1].truth.boxes[0];
  EXPECT_EQ((std::array{box.x0, box.y0, box.x1, box.y1}), (std::array<double, 4>{1, 2, 4, 6}));
  EXPECT_EQ(box.label, 1);  // the place in the file's list of categories
  EXPECT_EQ(annotations->labels, (Labels{{0, "train"}, {1, "bicycle"}}));
}

TEST(CocoConverter, NumbersLabelsAsItIsTold) {
  const ScratchFolder folder;
  folder.write("a.json", kCoco);
  const std::string start = "{converter: mscoco_detection, annotation_file: a.json, ";
  EXPECT_EQ(converted(folder, start + "has_background: True}")->labels, (Labels{{1, "train"}, {2, "bicycle"}}));
  EXPECT_EQ(converted(folder, start + "has_background: True, use_full_label_map: True}")->labels, (Labels{{7, "train"}, {2, "bicycle"}}));
  EXPECT_EQ(converted(folder, start + "sort_annotations: False}")->images[0].file_name, "b.jpg");
  EXPECT_EQ(converted(folder, start + "sort_key: image_size}")->images[0].file_name, "b.jpg");
  folder.write("meta.json", R"({"label_map": {"2": "bike", "7": "railway"}})");
  const auto mapped = converted(folder, start + "dataset_meta_file: meta.json, convert_COCO_to_VOC_labels: True}");
  ASSERT_TRUE(mapped.ok()) << mapped.error().message;
  EXPECT_EQ(mapped->images[0].truth.boxes[0].label, 19);  // VOC's train
}

TEST(CocoConverter, RefusesWhatItCannotRead) {
  const ScratchFolder folder;
  folder.write("a.json", kCoco);
  folder.write("meta.json", R"({"labels": ["one"]})");
  folder.write("odd.json", "[1]");
  const auto error_of = [&](const std::string& yaml) {
    const auto result = converted(folder, yaml);
    return result.ok() ? std::string() : result.error().message;
  };
  EXPECT_NE(error_of("{converter: odd_converter}").find("annotation converter 'odd_converter'"), std::string::npos);
  EXPECT_NE(error_of("{converter: mscoco_detection}").find("'annotation_file' is missing"), std::string::npos);
  EXPECT_NE(error_of("{converter: mscoco_detection, annotation_file: none.json}").find("none.json"), std::string::npos);
  EXPECT_NE(error_of("{converter: mscoco_detection, annotation_file: ../a.json}").find("../a.json"), std::string::npos);
  EXPECT_NE(error_of("{converter: mscoco_detection, annotation_file: a.json, dataset_meta_file: meta.json}").find("label map lacks"),
            std::string::npos);
  EXPECT_NE(error_of("{converter: mscoco_detection, annotation_file: a.json, dataset_meta_file: odd.json}").find("'label_map'"),
            std::string::npos);
  EXPECT_NE(error_of("{converter: mscoco_detection, annotation_file: a.json, convert_COCO_to_VOC_labels: True}").find("dataset_meta_file"),
            std::string::npos);
}

constexpr const char* kVoc = R"(<annotation><filename>000001.jpg</filename>
  <object><name>dog</name><difficult>0</difficult><bndbox><xmin>48</xmin><ymin>240</ymin><xmax>195</xmax><ymax>371</ymax></bndbox></object>
  <object><name>person</name><difficult>1</difficult><bndbox><xmin>8</xmin><ymin>12</ymin><xmax>352</xmax><ymax>498</ymax></bndbox></object>
</annotation>)";
constexpr const char* kVocConverter = "converter: voc_detection\nimageset_file: test.txt\nannotations_dir: xml\nimages_dir: jpg\n";

TEST(VocConverter, ReadsObjectsAndMarksDifficultOnes) {
  const ScratchFolder folder;
  folder.write("test.txt", "000001\n");
  folder.write("xml/000001.xml", kVoc);
  const auto annotations = converted(folder, kVocConverter);
  ASSERT_TRUE(annotations.ok()) << annotations.error().message;
  ASSERT_EQ(annotations->images.size(), 1u);
  const ImageBoxes& truth = annotations->images[0].truth;
  EXPECT_EQ(truth.boxes[0].x0, 47);
  EXPECT_EQ(truth.boxes[0].y1, 370);
  EXPECT_EQ(truth.boxes[0].label, 12);
  EXPECT_EQ(truth.difficult, (std::vector<std::size_t>{1}));
  EXPECT_EQ(annotations->labels.size(), 20u);
  EXPECT_EQ(converted(folder, std::string(kVocConverter) + "has_background: False")->images[0].truth.boxes[0].label, 11);
}

TEST(VocConverter, RefusesWhatItCannotRead) {
  const ScratchFolder folder;
  folder.write("test.txt", "../outside\n");
  EXPECT_FALSE(converted(folder, kVocConverter).ok());
  folder.write("test.txt", "odd\n");
  const auto error_with = [&](const char* xml) {
    folder.write("xml/odd.xml", xml);
    const auto result = converted(folder, kVocConverter);
    return result.ok() ? std::string() : result.error().message;
  };
  EXPECT_NE(error_with("<annotation>").find("odd.xml: byte"), std::string::npos);
  EXPECT_NE(error_with("<annotation/>").find("'filename'"), std::string::npos);
  EXPECT_NE(error_with("<annotation><filename>a</filename><object><name>yeti</name></object></annotation>").find("'yeti'"),
            std::string::npos);
  EXPECT_NE(error_with("<annotation><filename>a</filename><object><name>dog</name></object></annotation>").find("'xmin'"),
            std::string::npos);
}

TEST(Subset, ReadsNumbersAndShares) {
  EXPECT_EQ(*subset_size("300", 119), 300u);
  EXPECT_EQ(*subset_size("50%", 119), 59u);
  EXPECT_EQ(*subset_size("0.5%", 119), 1u) << "an image at least";
  EXPECT_EQ(*subset_size("150%", 119), 178u) << "more than there are";
  EXPECT_EQ(*subset_size("1e300%", 119), UINT32_MAX);
  for (const char* bad : {"", "0", "-1", "ten", "0%", "-5%", "%", "nan%"}) EXPECT_FALSE(subset_size(bad, 10).ok()) << bad;
}

}  // namespace
}  // namespace octet::accuracy
