#include "detect/model_description.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

ModelDescription yolo_description() {
  ModelDescription description;
  description.name = "toy";
  description.source = "toy.weights 0123";
  description.input = {416, 352};
  YoloHead head;
  head.output = "head 0";
  head.anchors = {{10.5f, 13}, {16, 30}};
  head.classes = 3;
  head.scale_x_y = 1.05f;
  YoloHead region = head;
  region.output = "head \"1\"";
  region.kind = YoloHead::Kind::kRegion;
  region.softmax = true;
  region.new_coords = true;
  description.heads = {head, region};
  description.labels = {"person", "traffic light", "no_blank"};
  description.nms_iou = 0.45f;
  description.clip = false;
  return description;
}

std::string error_of(const ModelInfo& info) {
  const auto description = model_description_from_info(info);
  return description.ok() ? "no error" : description.error().message;
}

TEST(ModelDescription, SurvivesItsTextForm) {
  const ModelDescription yolo = yolo_description();
  const auto again = model_description_from_info(info_from_model_description(yolo));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, yolo);

  ModelDescription ssd;
  ssd.head = HeadKind::kDetectionOutput;
  ssd.input = {300, 300};
  ssd.resize = ResizeKind::kStretchTf1;
  ssd.categories = CategoryRule::kCoco91;
  ssd.labels = {"background", "person"};
  const auto ssd_again = model_description_from_info(info_from_model_description(ssd));
  ASSERT_TRUE(ssd_again.ok()) << ssd_again.error().message;
  EXPECT_EQ(*ssd_again, ssd);
}

TEST(ModelDescription, WritesTheKeysOfModelApi) {
  const ModelInfo info = info_from_model_description(yolo_description());
  EXPECT_EQ(info.at("model_type"), "YOLOV4");
  EXPECT_EQ(info.at("labels"), "person traffic_light no_blank");
  EXPECT_EQ(info.at("anchors"), "10.5 13 16 30 10.5 13 16 30");
  EXPECT_EQ(info.at("masks"), "0 1 2 3");
  EXPECT_EQ(info.at("resize_type"), "standard");
  EXPECT_EQ(info.at("iou_threshold"), "0.45");
}

TEST(ModelDescription, NamesEveryMissingKeyOfAForeignModel) {
  const std::string message = error_of({{"model_type", "ssd"}, {"orig_width", "300"}});
  EXPECT_NE(message.find("lacks octet_head, octet_resize, orig_height"), std::string::npos) << message;
  const std::string yolo = error_of({{"octet_head", "yolo"}, {"octet_resize", "stretch"}, {"orig_width", "8"}, {"orig_height", "8"}});
  EXPECT_NE(yolo.find("lacks octet_heads, octet_nms_iou"), std::string::npos) << yolo;
}

TEST(ModelDescription, TakesLabelsOfModelApiWhereItsOwnAreAbsent) {
  ModelInfo info = info_from_model_description(yolo_description());
  info.erase("octet_labels");
  const auto description = model_description_from_info(info);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description->labels, (std::vector<std::string>{"person", "traffic light", "no blank"}));
}

struct BadValue {
  std::string key, value, expected_in_message;
};

class ModelDescriptionBadValue : public testing::TestWithParam<BadValue> {};

TEST_P(ModelDescriptionBadValue, IsNamed) {
  ModelInfo info = info_from_model_description(yolo_description());
  info[GetParam().key] = GetParam().value;
  const std::string message = error_of(info);
  EXPECT_NE(message.find(GetParam().key), std::string::npos) << message;
  EXPECT_NE(message.find(GetParam().expected_in_message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    All, ModelDescriptionBadValue,
    testing::Values(BadValue{"orig_width", "0", "pixels from 1 to"}, BadValue{"orig_height", "300x", "pixels from 1 to"},
                    BadValue{"orig_width", "99999999999999999999", "pixels from 1 to"},
                    BadValue{"octet_resize", "crop", "expected stretch or"}, BadValue{"octet_head", "rows", "detection_output or yolo"},
                    BadValue{"octet_clip", "yes", "YES or NO"}, BadValue{"octet_nms_iou", "1.5", "from 0 to 1"},
                    BadValue{"octet_nms_iou", "nan", "from 0 to 1"}, BadValue{"octet_categories", "voc", "coco91 or ordinal"},
                    BadValue{"octet_labels", "[1]", "array of names"}, BadValue{"octet_heads", "{", "JSON array"},
                    BadValue{"octet_heads", "[]", "JSON array"}, BadValue{"octet_heads", "[3]", "\"output\""},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1],"classes":1}])", "pairs"},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,-2],"classes":1}])", "positive"},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":0}])", "\"classes\""},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1e99}])", "\"classes\""},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1,"scale_x_y":0}])", "\"scale_x_y\""},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1,"kind":"ssd"}])", "yolo or region"},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1,"softmax":1}])", "true or false"},
                    BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1},{"output":"b","anchors":[1,2],"classes":2}])",
                             "disagree"}));

TEST(ModelDescription, RefusesJsonOfAnyDepth) {
  const std::string deep = std::string(500000, '[') + std::string(500000, ']');
  ModelInfo info = info_from_model_description(yolo_description());
  info["octet_heads"] = deep;
  EXPECT_NE(error_of(info).find("octet_heads"), std::string::npos);
  info["octet_heads"] = R"([{"output":"a","classes":3,"anchors":)" + deep + "}]";
  EXPECT_NE(error_of(info).find("anchors"), std::string::npos);
  info = info_from_model_description(yolo_description());
  info["octet_labels"] = deep;
  EXPECT_NE(error_of(info).find("octet_labels"), std::string::npos);
}

TEST(HasBackground, IsClass0OfAnSsd) {
  ModelDescription ssd;
  ssd.head = HeadKind::kDetectionOutput;
  EXPECT_TRUE(has_background(ssd));
  ssd.labels = {"background", "person"};
  EXPECT_TRUE(has_background(ssd));
  ssd.labels = {"person"};
  EXPECT_FALSE(has_background(ssd));
  EXPECT_FALSE(has_background(yolo_description()));
}

TEST(LabelOf, FallsBackToTheNumber) {
  EXPECT_EQ(label_of(yolo_description(), 1), "traffic light");
  EXPECT_EQ(label_of(yolo_description(), 7), "class 7");
  EXPECT_EQ(label_of(yolo_description(), -1), "class -1");
}

}  // namespace
}  // namespace octet
