#include "workflow/convert_published.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "importers/openvino_ir/import.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

const ModelTrees kTrees{"down", "out"};

ZooModel published(std::vector<std::string> arguments, std::vector<std::string> files = {}) {
  ZooModel model;
  model.name = "net";
  model.subdirectory = "public/net";
  model.framework = "tf";
  model.inputs = {{"image", {1, 320, 320, 3}, "NHWC"}};
  model.optimizer_args = std::move(arguments);
  for (std::string& name : files) model.files.push_back({std::move(name), {}, "", {}});
  return model;
}

std::string error_of(const ZooModel& model, const std::vector<std::string>& extra = {}) {
  const auto plan = plan_conversion(model, kTrees, extra);
  return plan.ok() ? "no error" : plan.error().message;
}

TEST(PlanConversion, TakesTheGraphOfTheDownloads) {
  const ZooModel model =
      published({"--input_model=$dl_dir/a/graph.pb", "--reverse_input_channels",
                 "--tensorflow_object_detection_api_pipeline_config=$dl_dir/pipeline.config", "--output=detection_boxes"});
  const auto plan = plan_conversion(model, kTrees, {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->source, "down/public/net/a/graph.pb");
  EXPECT_FALSE(plan->weights.has_value());
  EXPECT_TRUE(plan->steps.empty());
}

TEST(PlanConversion, ReadsDarknetsFilesWhereAScriptMakesAGraphOfThem) {
  const ZooModel model = published({"--scale_values=image[255]", "--reverse_input_channels", "--input_model=$conv_dir/net.pb"},
                                   {"net.weights", "tools/convert.py", "cfg/net.cfg"});
  const auto plan = plan_conversion(model, kTrees, {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->source, "down/public/net/cfg/net.cfg");
  EXPECT_EQ(plan->weights, "down/public/net/net.weights");
  EXPECT_TRUE(plan->steps.empty());
  ASSERT_EQ(plan->remarks.size(), 1u);
  EXPECT_NE(plan->remarks[0].find("0.00001"), std::string::npos);
}

TEST(PlanConversion, FindsAPublishedFileThatIsLookedForInTheOutput) {
  EXPECT_EQ(plan_conversion(published({"--input_model=$conv_dir/net.pb"}, {"net.pb"}), kTrees, {})->source, "down/public/net/net.pb");
  EXPECT_EQ(plan_conversion(published({"--input_model=$conv_dir/net.pb"}, {"other.pb"}), kTrees, {})->source, "out/public/net/net.pb");
}

// Octet's networks of this kind reverse channels and divide by 255 themselves.
TEST(PlanConversion, LeavesTheStepsThatDifferFromOctetsOwn) {
  const auto steps = [](std::vector<std::string> arguments) {
    arguments.push_back("--input_model=a.pb");
    return plan_conversion(published(std::move(arguments)), kTrees, {}).value().steps;
  };
  EXPECT_TRUE(steps({"--scale_values=[255,255,255]", "--reverse_input_channels"}).empty());
  const auto bare = steps({});
  EXPECT_TRUE(bare.reverse_channels);
  EXPECT_EQ(bare.scale, std::vector<double>{1 / 255.0});
  const auto other = steps({"--reverse_input_channels", "--mean_values=[1,2,3]", "--scale_values=[255,510,1020]"});
  EXPECT_FALSE(other.reverse_channels);
  EXPECT_EQ(other.mean, (std::vector<double>{3, 2, 1}));
  EXPECT_EQ(other.scale, (std::vector<double>{4, 2, 1}));
}

TEST(PlanConversion, TakesTheSourceOfOctetsOwnEntries) {
  ZooModel own = published({}, {"net.cfg", "net.weights"});
  own.optimizer_args.reset();
  own.framework = "darknet";
  own.source_file = "net.cfg";
  own.weights_file = "net.weights";
  for (const std::vector<std::string>& extra : {std::vector<std::string>{}, {"--reverse_input_channels"}, {"--scale=255"}}) {
    const auto plan = plan_conversion(own, kTrees, extra);
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    EXPECT_EQ(plan->source, "down/public/net/net.cfg");
    EXPECT_EQ(plan->weights, "down/public/net/net.weights");
    EXPECT_TRUE(plan->steps.empty());
  }
  EXPECT_EQ(plan_conversion(own, kTrees, {"--scale=510"})->steps.scale, std::vector<double>{2});
}

TEST(PlanConversion, FollowsFurtherArgumentsAfterTheModelsOwn) {
  const ZooModel model = published({"--input_model=a.pb", "--scale=255", "--reverse_input_channels"});
  EXPECT_EQ(plan_conversion(model, kTrees, {"--input_model=b.pb"})->source, "b.pb");
  EXPECT_EQ(error_of(model, {"--input_meta_graph=c"}), "octet has no way to follow --input_meta_graph=c");
}

TEST(PlanConversion, SaysHowAPictureEntersAnOnnxFile) {
  ZooModel model = published({"--input_model=$dl_dir/a.onnx", "--mean_values=image[1,2,3.5]", "--scale_values=image[4,5,6]",
                              "--reverse_input_channels", "--output=boxes,scores"},
                             {"a.onnx"});
  model.framework = "onnx";
  const auto plan = plan_conversion(model, kTrees, {});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->source, "down/public/net/a.onnx");
  EXPECT_EQ(plan->picture, (ModelInfo{{"mean_values", "1 2 3.5"}, {"reverse_input_channels", "YES"}, {"scale_values", "4 5 6"}}));
  EXPECT_EQ(plan->outputs, (std::vector<std::string>{"boxes", "scores"}));
  EXPECT_TRUE(plan->steps.empty());
}

TEST(PlanConversion, NamesWhatOctetLacks) {
  ZooModel torch = published({"--input_model=$conv_dir/a.onnx"});
  torch.framework = "pytorch";
  torch.onnx_args = {"--model-name=a"};
  EXPECT_EQ(error_of(torch),
            "a pytorch model is converted by a script of Python first, which octet does not run; octet takes the ONNX file that it makes, "
            "out/public/net/a.onnx");
  torch.framework = "caffe";
  torch.onnx_args.clear();
  EXPECT_EQ(error_of(torch), "octet converts no models of the framework caffe (darknet, onnx, tf)");
  EXPECT_EQ(error_of(published({})), "names no --input_model or --saved_model_dir, which octet needs");
  EXPECT_EQ(error_of(published({"--input_model=a.pb", "--output=x,y"})), "octet does not cut a network at --output=x,y");
  EXPECT_EQ(error_of(published({"--input_model=$nowhere/a.pb"})), "--input_model=$nowhere/a.pb: there is no variable '$nowhere'");
}

class ConvertPublished : public testing::Test {
 protected:
  ConvertPublished() {
    fs::remove_all(output_);
    plan_.source = kDemo / "yolo-fastest-1.1-xl.cfg";
    plan_.weights = kDemo / "yolo-fastest-1.1-xl.weights";
  }
  ~ConvertPublished() override { fs::remove_all(output_); }

  const fs::path kDemo = fs::path(OCTET_SOURCE_DIR) / "demo/yolo-fastest-1.1-xl";
  const fs::path output_ = fs::path(testing::TempDir()) / ("octet-published-" + std::to_string(::getpid()));
  ZooModel model_ = published({});
  ConversionPlan plan_;
};

TEST_F(ConvertPublished, WritesEachPrecisionIntoItsFolder) {
  for (const Precision precision : {Precision::kFp16, Precision::kFp32}) {
    const Status status = convert_published(model_, plan_, precision, output_, {});
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  EXPECT_EQ(import_openvino_ir(output_ / "public/net/FP32/net.xml").value().name, "net");
  EXPECT_LT(fs::file_size(output_ / "public/net/FP16/net.bin") * 10, fs::file_size(output_ / "public/net/FP32/net.bin") * 6);
}

TEST_F(ConvertPublished, ChecksTheShapeThatIsAskedFor) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{1, 320, 320, 3}, {1, 3, 320, 320}}) {
    plan_.input_shape = shape;
    EXPECT_TRUE(convert_published(model_, plan_, Precision::kFp32, output_, {}).ok());
  }
  fs::remove_all(output_);
  plan_.input_shape = {1, 640, 640, 3};
  const Status status = convert_published(model_, plan_, Precision::kFp32, output_, {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "--input_shape=[1,640,640,3]: the network's is [1,3,320,320], which octet does not change");
  EXPECT_FALSE(fs::exists(output_));
}

}  // namespace
}  // namespace octet
