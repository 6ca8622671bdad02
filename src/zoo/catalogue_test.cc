#include "zoo/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace octet {
namespace {

TEST(Catalogue, HasTheModelsOfTheMission) {
  EXPECT_EQ(zoo_names(), (std::vector<std::string>{"ssd_mobilenet_v1_coco", "ssdlite_mobilenet_v2_coco", "yolo-fastest-1.1-xl",
                                                   "yolo-v4-tf", "yolo-v4-tiny-tf"}));
}

TEST(Catalogue, IsTheFolderZooOfTheSources) {
  for (const std::string& name : zoo_names()) {
    std::string warnings;
    const auto from_file =
        read_zoo_entry(std::string(OCTET_SOURCE_DIR) + "/zoo/" + name + ".yml", [&](std::string_view said) { warnings += said; });
    ASSERT_TRUE(from_file.ok()) << from_file.error().message;
    EXPECT_EQ(warnings, "");
    const auto embedded = zoo_entry(name);
    ASSERT_TRUE(embedded.ok()) << embedded.error().message;
    EXPECT_EQ(embedded->source().url, from_file->source().url);
    EXPECT_EQ(embedded->model_info, from_file->model_info);
  }
}

TEST(Catalogue, StatesWhatIsPublishedOfYolov4) {
  const ZooEntry entry = zoo_entry("yolo-v4-tf").value();
  EXPECT_EQ(entry.source().name, "yolov4.cfg");
  EXPECT_EQ(entry.source().size_bytes, 12231);
  EXPECT_EQ(entry.weights()->size_bytes, 257717640);
}

TEST(Catalogue, HasALabelForEachClass) {
  for (const std::string& name : zoo_names()) {
    const ZooEntry entry = zoo_entry(name).value();
    const std::string& labels = entry.model_info.at("labels");
    const auto count = std::count(labels.begin(), labels.end(), ' ') + 1;
    EXPECT_EQ(count, entry.source().name.ends_with(".pb") ? 91 : 80) << name;
  }
}

TEST(Catalogue, FindsAModelByItsAlias) { EXPECT_EQ(zoo_entry("yolov4-tiny").value().name, "yolo-v4-tiny-tf"); }

TEST(Catalogue, ListsTheNamesWhereOneIsUnknown) {
  const auto entry = zoo_entry("yolo-v9");
  ASSERT_FALSE(entry.ok());
  EXPECT_EQ(entry.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(
      entry.error().message,
      "no model is named 'yolo-v9' (ssd_mobilenet_v1_coco, ssdlite_mobilenet_v2_coco, yolo-fastest-1.1-xl, yolo-v4-tf, yolo-v4-tiny-tf)");
}

}  // namespace
}  // namespace octet
