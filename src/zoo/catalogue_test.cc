#include "zoo/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "zoo/read_model.h"

namespace octet {
namespace {

TEST(Catalogue, HasTheDetectorsThatOctetRuns) {
  EXPECT_EQ(zoo_names(), (std::vector<std::string>{"nanodet-g", "picodet-xs-320", "ssd_mobilenet_v1_coco", "ssdlite_mobilenet_v2",
                                                   "ssdlite_mobilenet_v2_coco", "yolo-fastest-1.1-xl", "yolo-v2-tf", "yolo-v2-tiny-tf",
                                                   "yolo-v3-tf", "yolo-v3-tiny-tf", "yolo-v4-tf", "yolo-v4-tiny-tf", "yolox-nano"}));
}

TEST(Catalogue, IsTheFolderZooOfTheSourcesWithoutKeysThatNobodyReads) {
  for (const ZooModel& embedded : zoo_models()) {
    std::string warnings;
    const auto from_file = read_description_file(std::string(OCTET_SOURCE_DIR) + "/zoo/" + embedded.name + ".yml",
                                                 [&](std::string_view said) { warnings += said; });
    ASSERT_TRUE(from_file.ok()) << from_file.error().message;
    EXPECT_EQ(warnings, "");
    EXPECT_EQ(embedded.source_file, from_file->source_file);
    EXPECT_EQ(embedded.model_info, from_file->model_info);
  }
}

TEST(Catalogue, SaysOfEachModelWhatAPersonAsks) {
  for (const ZooModel& model : zoo_models()) {
    EXPECT_NE(model.description, "") << model.name;
    EXPECT_NE(model.license, "") << model.name;
    EXPECT_NE(model.accuracy, "") << model.name;
    EXPECT_EQ(model.task_type, "detection") << model.name;
    ASSERT_EQ(model.inputs.size(), 1u) << model.name;
    for (const RemoteFile& file : model.files) EXPECT_FALSE(file.sources.empty()) << model.name << " " << file.name;
  }
}

TEST(Catalogue, StatesWhatIsPublishedOfYolov4) {
  const ZooModel model = zoo_model("yolo-v4-tf").value();
  EXPECT_EQ(model.source_file, "yolov4.cfg");
  EXPECT_EQ(model.weights_file, "yolov4.weights");
  EXPECT_EQ(model.files.at(0).size_bytes, 12231);
  EXPECT_EQ(model.files.at(1).size_bytes, 257717640);
}

TEST(Catalogue, HasALabelForEachClass) {
  for (const ZooModel& model : zoo_models()) {
    const std::string& labels = model.model_info.at("labels");
    const auto count = std::count(labels.begin(), labels.end(), ' ') + 1;
    EXPECT_EQ(count, model.name.starts_with("ssd") ? 91 : 80) << model.name;
  }
}

TEST(Catalogue, FindsAModelByItsAlias) { EXPECT_EQ(zoo_model("yolov4-tiny").value().name, "yolo-v4-tiny-tf"); }

TEST(Catalogue, ListsTheNamesWhereOneIsUnknown) {
  const auto model = zoo_model("yolo-v9");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(
      model.error().message,
      "no model is named 'yolo-v9' (nanodet-g, picodet-xs-320, ssd_mobilenet_v1_coco, ssdlite_mobilenet_v2, ssdlite_mobilenet_v2_coco, "
      "yolo-fastest-1.1-xl, yolo-v2-tf, yolo-v2-tiny-tf, yolo-v3-tf, yolo-v3-tiny-tf, yolo-v4-tf, yolo-v4-tiny-tf, yolox-nano)");
}

}  // namespace
}  // namespace octet
