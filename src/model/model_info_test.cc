#include "model/model_info.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace octet {
namespace {

ModelDescription yolo_description() {
  ModelDescription description;
  description.name = "toy";
  description.source = "toy.weights 0123";
  description.input = {416, 352};
  YoloOutput head;
  head.output = "head 0";
  head.anchors = {{10.5f, 13}, {16, 30}};
  head.classes = 3;
  head.scale_x_y = 1.05f;
  YoloOutput region = head;
  region.output = "head \"1\"";
  region.kind = YoloOutput::Kind::kRegion;
  region.softmax = true;
  region.new_coords = true;
  description.head = YoloHead{{head, region}};
  description.labels = {"person", "traffic light", "no_blank"};
  description.suppression = {0.45f, 0.6f};
  description.clip = Clip::kAfterSuppression;
  return description;
}

std::string error_of(const ModelInfo& info) {
  const auto description = read_model_info(info);
  return description.ok() ? "no error" : description.error().message;
}

TEST(ModelInfo, SurvivesItsTextForm) {
  const ModelDescription yolo = yolo_description();
  const auto again = read_model_info(write_model_info(yolo));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, yolo);

  ModelDescription ssd;
  ssd.head = DetectionOutputHead{};
  ssd.input = {300, 300};
  ssd.resize = ResizeKind::kStretchTf1;
  ssd.categories = CategoryRule::kCoco91;
  ssd.labels = {"background", "person"};
  const auto ssd_again = read_model_info(write_model_info(ssd));
  ASSERT_TRUE(ssd_again.ok()) << ssd_again.error().message;
  EXPECT_EQ(*ssd_again, ssd);
  ssd.head = DetectionOutputHead{.has_background = false, .classes = 90};
  ssd.categories = CategoryRule::kCoco90;
  const auto without_background = read_model_info(write_model_info(ssd));
  ASSERT_TRUE(without_background.ok()) << without_background.error().message;
  EXPECT_EQ(*without_background, ssd);
}

TEST(ModelInfo, WritesTheKeysOfModelApi) {
  ModelDescription description = yolo_description();
  EXPECT_FALSE(write_model_info(description).contains("model_type")) << "Model API knows no anchors in cells";
  auto& outputs = std::get<YoloHead>(description.head).outputs;
  outputs[1] = outputs[0];
  outputs[1].anchors = {{16, 30}, {60, 61}};
  const ModelInfo info = write_model_info(description);
  EXPECT_EQ(info.at("model_type"), "YOLOV4");
  EXPECT_EQ(info.at("labels"), "person traffic_light no_blank");
  EXPECT_EQ(info.at("anchors"), "10.5 13 16 30 60 61");
  EXPECT_EQ(info.at("masks"), "0 1 1 2");
  EXPECT_EQ(info.at("resize_type"), "standard");
  EXPECT_EQ(info.at("iou_threshold"), "0.45");
}

TEST(ModelInfo, NamesEveryMissingKeyOfAForeignModel) {
  const std::string message = error_of({{"model_type", "ssd"}, {"orig_width", "300"}});
  EXPECT_NE(message.find("lacks octet_head, octet_resize, orig_height"), std::string::npos) << message;
  const std::string yolo = error_of({{"octet_head", "yolo"}, {"octet_resize", "stretch"}, {"orig_width", "8"}, {"orig_height", "8"}});
  EXPECT_NE(yolo.find("lacks octet_heads, octet_nms_iou"), std::string::npos) << yolo;
}

TEST(ModelInfo, TakesLabelsOfModelApiWhereItsOwnAreAbsent) {
  ModelInfo info = write_model_info(yolo_description());
  info.erase("octet_labels");
  const auto description = read_model_info(info);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description->labels, (std::vector<std::string>{"person", "traffic light", "no blank"}));
}

struct BadValue {
  std::string key, value, expected_in_message;
};

class ModelInfoBadValue : public testing::TestWithParam<BadValue> {};

TEST_P(ModelInfoBadValue, IsNamed) {
  ModelInfo info = write_model_info(yolo_description());
  info[GetParam().key] = GetParam().value;
  const std::string message = error_of(info);
  EXPECT_NE(message.find(GetParam().key), std::string::npos) << message;
  EXPECT_NE(message.find(GetParam().expected_in_message), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    All, ModelInfoBadValue,
    testing::Values(
        BadValue{"orig_width", "0", "a whole number from 1 to"}, BadValue{"orig_height", "300x", "a whole number from 1 to"},
        BadValue{"orig_width", "99999999999999999999", "a whole number from 1 to"}, BadValue{"octet_resize", "crop", "expected stretch or"},
        BadValue{"octet_head", "rows", "detection_output or yolo or dense or list or centernet"},
        BadValue{"octet_clip", "yes", "YES or AFTER or NO"}, BadValue{"octet_nms_iou", "1.5", "from 0 to 1"},
        BadValue{"octet_nms_iou", "nan", "from 0 to 1"}, BadValue{"octet_nms_distance_power", "-1", "from 0 to"},
        BadValue{"octet_categories", "voc", "coco91 or coco90 or ordinal"}, BadValue{"octet_labels", "[1]", "array of names"},
        BadValue{"octet_heads", "{", "JSON array"}, BadValue{"octet_heads", "[]", "JSON array"},
        BadValue{"octet_heads", "[3]", "\"output\""}, BadValue{"octet_heads", R"([{"output":"a","anchors":[1],"classes":1}])", "pairs"},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,-2],"classes":1}])", "positive"},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":0}])", "\"classes\""},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1e99}])", "\"classes\""},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1,"scale_x_y":0}])", "\"scale_x_y\""},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1,"kind":"ssd"}])", "yolo or region"},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1,"softmax":1}])", "true or false"},
        BadValue{"octet_heads", R"([{"output":"a","anchors":[1,2],"classes":1},{"output":"b","anchors":[1,2],"classes":2}])", "disagree"}));

TEST(ModelInfo, RefusesJsonOfAnyDepth) {
  const std::string deep = std::string(500000, '[') + std::string(500000, ']');
  ModelInfo info = write_model_info(yolo_description());
  info["octet_heads"] = deep;
  EXPECT_NE(error_of(info).find("octet_heads"), std::string::npos);
  info["octet_heads"] = R"([{"output":"a","classes":3,"anchors":)" + deep + "}]";
  EXPECT_NE(error_of(info).find("anchors"), std::string::npos);
  info = write_model_info(yolo_description());
  info["octet_labels"] = deep;
  EXPECT_NE(error_of(info).find("octet_labels"), std::string::npos);
}

DenseHead dense_head(std::vector<std::string> outputs, int classes) {
  DenseHead head;
  head.boxes = head.scores = head.objectness = std::move(outputs);
  head.classes = classes;
  return head;
}

ModelDescription yolov8_description() {
  ModelDescription description;
  description.name = "toy";
  description.input = {640, 640};
  description.resize = ResizeKind::kLetterboxCorner;
  description.head = dense_head({"out \"0\""}, 80);
  return description;
}

TEST(DenseHead, SurvivesItsTextForm) {
  DenseHead raw = dense_head({"p3", "p4", "p5"}, 1), nanodet = raw;
  raw.bins = 16;
  raw.box = DenseHead::Box::kDistances;
  raw.score = DenseHead::Score::kLogit;
  nanodet.scores = {"s3", "s4", "s5"};
  nanodet.objectness = {"o3", "o4", "o5"};
  nanodet.has_objectness = nanodet.suppressed = true;
  nanodet.box = DenseHead::Box::kGridCenter;
  nanodet.strides = {8, 16, 32};
  nanodet.cell_offset = 0;
  nanodet.background = DenseHead::Background::kLast;
  DenseHead ssd = dense_head({"out"}, 3);
  ssd.box = DenseHead::Box::kAnchorOffsetsYx;
  ssd.anchor_maps = {{19, 10, {{30, 30}, {60.5f, 42}}}, {1, 1, {{285, 285}}}};
  ssd.box_scales = {0.1f, 0.1f, 0.25f, 1};
  for (const DenseHead& head : {dense_head({"out \"0\""}, 80), raw, nanodet, ssd}) {
    ModelDescription description = yolov8_description();
    description.head = head;
    description.suppression.across_classes = head.bins > 0;
    const auto again = read_model_info(write_model_info(description));
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(*again, description);
  }
  EXPECT_EQ(class_count(yolov8_description()), 80);
  EXPECT_FALSE(has_background(yolov8_description()));
}

TEST(DenseHead, NamesKeysThatAreMissingOrWrong) {
  ModelInfo info = write_model_info(yolov8_description());
  info.erase("octet_classes");
  EXPECT_NE(error_of(info).find("lacks octet_classes"), std::string::npos) << error_of(info);
  const auto error_with = [](const std::string& key, const std::string& value) {
    ModelInfo changed = write_model_info(yolov8_description());
    changed[key] = value;
    return error_of(changed);
  };
  EXPECT_EQ(error_with("octet_classes", "0"), "model_info: octet_classes is '0', expected a whole number from 1 to 65536");
  EXPECT_EQ(error_with("octet_dfl_bins", "x"), "model_info: octet_dfl_bins is 'x', expected a whole number from 0 to 256");
  EXPECT_EQ(error_with("octet_outputs", "[]"), "model_info: octet_outputs is '[]', expected a JSON array of names of Results");
  EXPECT_EQ(error_with("octet_boxes", R"(["a","b"])"),
            "model_info: octet_boxes names 2 outputs, octet_scores 1, octet_objectness 1; a level has one of each");
  EXPECT_EQ(error_with("octet_box", "round"),
            "model_info: octet_box is 'round', expected center_size or corners or corners_yx or distances or pixel_distances or "
            "grid_center or anchor_offsets or anchor_offsets_yx");
  for (const char* anchors : {"[]", "1", R"([{"grid":[1,0],"anchors":[1,1]}])", R"([{"grid":[1,1],"anchors":[1]}])",
                              R"([{"grid":[1,1],"anchors":[0,1]}])", R"([{"grid":[9999999,1],"anchors":[1,1]}])", R"([{"grid":[1,1]}])"})
    EXPECT_NE(error_with("octet_anchors", anchors).find("expected a JSON array of one {\"grid\""), std::string::npos) << anchors;
  for (const char* scales : {"", "1 1 1", "1 1 1 1 1", "0 1 1 1", "1 1 1 x"})
    EXPECT_NE(error_with("octet_box_scales", scales).find("expected four numbers above 0"), std::string::npos) << scales;
  EXPECT_EQ(error_with("octet_strides", "8 0"), "model_info: octet_strides is '8 0', expected at most 16 whole numbers from 1 to 1024");
}

// As former versions of octet wrote them.
TEST(DenseHead, IsReadWhereItWasCalledYolov8) {
  const ModelInfo decoded = {{"octet_head", "yolov8"},      {"octet_resize", "letterbox"}, {"orig_width", "64"},    {"orig_height", "32"},
                             {"octet_outputs", R"(["a"])"}, {"octet_classes", "3"},        {"octet_nms_iou", "0.5"}};
  auto found = read_model_info(decoded);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->head, Head(dense_head({"a"}, 3)));
  ModelInfo raw = decoded;
  raw["octet_dfl_bins"] = "16";
  found = read_model_info(raw);
  ASSERT_TRUE(found.ok()) << found.error().message;
  DenseHead expected = dense_head({"a"}, 3);
  expected.bins = 16;
  expected.box = DenseHead::Box::kDistances;
  expected.score = DenseHead::Score::kLogit;
  EXPECT_EQ(found->head, Head(expected));
}

TEST(ListHead, SurvivesItsTextForm) {
  using enum ListHead::Column;
  ModelDescription description = yolov8_description();
  description.head = ListHead{{"a", "b"}, {kClass, kScore, kX0, kY0, kX1, kY1, kUnread}, 80, ListHead::Unit::kFractions};
  const auto again = read_model_info(write_model_info(description));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, description);
  ModelInfo info = write_model_info(description);
  info["octet_columns"] = "x0 y0 x1 y1 score";
  EXPECT_EQ(error_of(info),
            "model_info: octet_columns is 'x0 y0 x1 y1 score', expected words with blanks between them: x0 y0 x1 y1 score "
            "class, each once, and image and -");
}

TEST(CenterNetHead, SurvivesItsTextForm) {
  ModelDescription description = yolov8_description();
  description.head = CenterNetHead{{"centers", "sizes", "offsets"}, 80, CenterNetHead::Score::kLogit};
  const auto again = read_model_info(write_model_info(description));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, description);
}

TEST(ApplyModelInfo, LeavesWhatIsAbsent) {
  ModelDescription description = yolo_description();
  ModelDescription expected = description;
  ASSERT_TRUE(apply_model_info({{"octet_clip", "YES"}, {"octet_labels", R"(["a","b","c"])"}}, description).ok());
  expected.clip = Clip::kBeforeSuppression;
  expected.labels = {"a", "b", "c"};
  EXPECT_EQ(description, expected);
}

TEST(ApplyModelInfo, KeepsTheHeadThatTheKeysSpeakOf) {
  ModelDescription description = yolo_description();
  ASSERT_TRUE(apply_model_info({{"octet_head", "yolo"}}, description).ok());
  EXPECT_EQ(description, yolo_description());
  ASSERT_TRUE(apply_model_info({{"octet_head", "detection_output"}}, description).ok());
  EXPECT_EQ(description.head, Head(DetectionOutputHead{}));
}

TEST(IsModelInfoKey, KnowsWhatIsWritten) {
  for (const auto& [key, value] : write_model_info(yolo_description())) EXPECT_TRUE(is_model_info_key(key)) << key;
  EXPECT_FALSE(is_model_info_key("octet_clipp"));
}

TEST(WriteModelInfo, WritesNumbersAsPeopleDo) {
  const ModelInfo info = write_model_info(yolo_description());
  EXPECT_NE(info.at("octet_heads").find("\"anchors\":[10.5,13,16,30]"), std::string::npos) << info.at("octet_heads");
  EXPECT_NE(info.at("octet_heads").find("\"scale_x_y\":1.05,"), std::string::npos) << info.at("octet_heads");
}

TEST(HasBackground, IsClass0OfAnSsd) {
  ModelDescription ssd;
  ssd.head = DetectionOutputHead{};
  EXPECT_TRUE(has_background(ssd));
  for (const char* background : {"background", "Background", "__background__", "BACK GROUND"}) {
    ssd.labels = {background, "person"};
    EXPECT_TRUE(has_background(ssd)) << background;
  }
  ssd.labels = {"person"};
  EXPECT_FALSE(has_background(ssd));
  ssd.labels.clear();
  ssd.head = DetectionOutputHead{.has_background = false};
  EXPECT_FALSE(has_background(ssd)) << "of EfficientDet";
  EXPECT_FALSE(has_background(yolo_description()));
}

TEST(ClassCount, IsTheHeadsOrElseThatOfTheLabels) {
  ModelDescription ssd;
  ssd.head = DetectionOutputHead{};
  EXPECT_EQ(class_count(ssd), 91);
  EXPECT_FALSE(is_class_count_known(ssd));
  ssd.labels = {"background", "person"};
  EXPECT_EQ(class_count(ssd), 2);
  EXPECT_TRUE(is_class_count_known(ssd));
  ssd.head = DetectionOutputHead{.classes = 20};
  EXPECT_EQ(class_count(ssd), 21) << "the background is one";
  ModelDescription yolo = yolo_description();
  yolo.labels.clear();
  EXPECT_EQ(class_count(yolo), 3);
  EXPECT_TRUE(is_class_count_known(yolo));
}

TEST(LabelOf, FallsBackToTheNumber) {
  EXPECT_EQ(label_of(yolo_description(), 1), "traffic light");
  EXPECT_EQ(label_of(yolo_description(), 7), "class 7");
  EXPECT_EQ(label_of(yolo_description(), -1), "class -1");
}

}  // namespace
}  // namespace octet
