#include "steps/detection_change.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "data/embedded_demo.h"
#include "steps/import_source.h"
#include "steps/quantize.h"

namespace octet {
namespace {

// The embedded detector, every layer in integers, and a few of its photographs.
class DetectionChangeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_embedded_demo(folder_.path() / "demo").ok());
    auto opened = import_source(folder_.path() / "demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg", {});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    auto quantized =
        quantize_model(*std::move(opened), "demo.cfg", photographs(DataUse::kCalibrate), {2, {}, {}}, {.kind = Recipe::Kind::kPlain});
    ASSERT_TRUE(quantized.ok()) << quantized.error().message;
    model_ = std::move(quantized->model);
  }

  Dataset photographs(DataUse use) const { return first_images(*open_dataset({.folder = folder_.path() / "demo/coco"}, use), 6); }
  Result<DetectionChange> change(const Dataset& pictures) const { return detection_change(model_, "demo.cfg", pictures, {2, {}, {}}); }

  ScratchFolder folder_;
  quant::QuantizedModel model_;
};

TEST_F(DetectionChangeTest, TakesWhatFloatsFindForTheTruthWithoutAnnotations) {
  const auto found = change(photographs(DataUse::kCalibrate));
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_FALSE(found->is_annotated);
  const CheckResult& check = found->check;
  EXPECT_EQ(check.images, 6);
  ASSERT_EQ(check.models.size(), 2u);
  EXPECT_NEAR(check.models[0].numbers.AP, 1, 1e-9);
  EXPECT_LT(check.models[1].numbers.AP, 1);
  EXPECT_EQ(check.models[1].numbers.AP, check.fidelity);
  ASSERT_TRUE(check.shift);
  EXPECT_GT(check.shift->pairs, 0);
  EXPECT_TRUE(std::ranges::any_of(check.models[0].categories, [](const CategoryAccuracy& each) { return each.name == "person"; }));
}

TEST_F(DetectionChangeTest, TakesAnnotationsWhereTheyAreRead) {
  const auto found = change(photographs(DataUse::kDetect));
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_TRUE(found->is_annotated);
  EXPECT_LT(found->check.models[0].numbers.AP, 1);
}

// Annotations of other pictures are none of these.
TEST_F(DetectionChangeTest, TakesWhatFloatsFindWhereNothingIsAnnotatedInThePictures) {
  Dataset pictures = photographs(DataUse::kDetect);
  change_rows(pictures.truth.annotations, [](CocoAnnotation& annotation) { annotation.image_id = -1; });
  const auto found = change(pictures);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_FALSE(found->is_annotated);
}

}  // namespace
}  // namespace octet
