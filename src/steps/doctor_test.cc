#include "steps/doctor.h"

#include <gtest/gtest.h>

#include "image/encode.h"
#include "importers/darknet/network_for_test.h"

namespace octet {
namespace {

// One box as large as the picture, whose objectness rises with the first plane and falls with the third.
constexpr std::string_view kCfg = R"([net]
width=32
height=32
channels=3
[maxpool]
size=32
stride=32
[convolutional]
filters=6
size=1
activation=linear
[yolo]
mask=0
anchors=32,32
classes=1
num=1
)";

constexpr std::string_view kAnnotations = R"({"images": [{"id": 1, "file_name": "1.png"}, {"id": 2, "file_name": "2.png"}],
  "categories": [{"id": 1, "name": "thing"}],
  "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 32, 32], "area": 1024, "iscrowd": 0}]})";

std::vector<float> weights(float first, float third) {
  std::vector<float> values(6 + 18, 0.0f);
  values[5] = 20;  // the class is always there
  values[6 + 3 * 4] = first;
  values[6 + 3 * 4 + 2] = third;
  return values;
}

// A red picture with an object and a blue one without.
class Doctor : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_ / "pictures");
    for (const int channel : {2, 0}) {
      Image image(ImageSize{32, 32});
      for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = i % 3 == static_cast<std::size_t>(channel) ? 255 : 0;
      ASSERT_TRUE(write_image(folder_ / (channel == 2 ? "pictures/1.png" : "pictures/2.png"), image).ok());
    }
    auto dataset = open_dataset({.images = {folder_ / "pictures"}, .annotations = folder_.write("gt.json", kAnnotations)});
    ASSERT_TRUE(dataset.ok()) << dataset.error().message;
    dataset_ = *dataset;
  }

  DoctorResult examined(float first, float third) {
    const auto cfg = folder_.write("net.cfg", kCfg);
    folder_.write("net.weights", darknet::weights_bytes(weights(first, third)));
    const auto result = examine(cfg, {}, dataset_, {});
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *result : DoctorResult{.trials = {{}}};
  }

  const darknet::TestFolder folder_;
  Dataset dataset_;
};

TEST_F(Doctor, FindsChannelsInTheWrongOrder) {
  const DoctorResult result = examined(-40, 40);
  EXPECT_EQ(result.images, 2);
  EXPECT_EQ(result.trials[0].change, "");
  EXPECT_NEAR(result.trials[0].ap, 0, 1e-9);
  EXPECT_EQ(result.trials[result.best].change, "channels in the order R, G, B");
  EXPECT_EQ(result.trials[result.best].settings.at("reverse_input_channels"), "YES");
  EXPECT_NEAR(result.trials[result.best].ap, 1, 1e-9);
  EXPECT_NEAR(result.loss(), 1, 1e-9);
}

TEST_F(Doctor, LeavesAModelThatIsRight) {
  const DoctorResult result = examined(40, -40);
  EXPECT_NEAR(result.trials[0].ap, 1, 1e-9);
  EXPECT_EQ(result.best, 0u);
  EXPECT_EQ(result.loss(), 0);
  EXPECT_FALSE(result.loss_is_certain());
  EXPECT_GT(result.trials.size(), 8u) << "every other way was tried";
}

// One object is not enough to say so.
TEST_F(Doctor, SaysWhetherPicturesCanTell) {
  const DoctorResult few = examined(-40, 40);
  EXPECT_NEAR(few.loss(), 1, 1e-9);
  EXPECT_FALSE(few.loss_is_certain()) << few.loss_p_value;
  std::string images, annotations;
  for (int i = 1; i <= 20; ++i) {
    const std::string name = std::to_string(i) + ".png";
    if (i > 2) std::filesystem::copy_file(folder_ / "pictures/1.png", folder_ / ("pictures/" + name));
    images += std::string(i > 1 ? "," : "") + R"({"id": )" + std::to_string(i) + R"(, "file_name": ")" + name + R"("})";
    annotations += std::string(i > 1 ? "," : "") + R"({"id": )" + std::to_string(i) + R"(, "image_id": )" + std::to_string(i) +
                   R"(, "category_id": 1, "bbox": [0, 0, 32, 32], "area": 1024, "iscrowd": 0})";
  }
  const std::string text =
      R"({"images": [)" + images + R"(], "categories": [{"id": 1, "name": "thing"}], "annotations": [)" + annotations + "]}";
  const auto many = open_dataset({.images = {folder_ / "pictures"}, .annotations = folder_.write("many.json", text)});
  ASSERT_TRUE(many.ok()) << many.error().message;
  dataset_ = *many;
  const DoctorResult certain = examined(-40, 40);
  EXPECT_GT(certain.loss(), 0.7) << "the blue picture is as wrong as it was right";
  EXPECT_TRUE(certain.loss_is_certain()) << certain.loss_p_value;
}

}  // namespace
}  // namespace octet
