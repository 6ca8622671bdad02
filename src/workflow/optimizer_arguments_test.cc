#include "workflow/optimizer_arguments.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

const std::vector<ZooInput> kInputs = {{"image_input", {1, 416, 416, 3}, "NHWC"}};

std::string error_of(const std::vector<std::string>& words) {
  const auto arguments = parse_optimizer_arguments(words, kInputs);
  return arguments.ok() ? "no error" : arguments.error().message;
}

TEST(ExpandVariables, IsPythonsTemplate) {
  const TemplateVariables variables{{"dl_dir", "down/a"}, {"conv_dir", "out"}};
  const auto expanded = [&](std::string_view text) { return expand_variables(text, variables); };
  EXPECT_EQ(expanded("--input_model=$dl_dir/a.pb").value(), "--input_model=down/a/a.pb");
  EXPECT_EQ(expanded("${conv_dir}_2 $$5").value(), "out_2 $5");
  EXPECT_EQ(expanded("$mo_dir/x").error().message, "$mo_dir/x: there is no variable '$mo_dir'");
  EXPECT_FALSE(expanded("$").ok());
  EXPECT_FALSE(expanded("${dl_dir").ok());
  EXPECT_FALSE(expanded("$-").ok());
}

TEST(ParseOptimizerArguments, ReadsThoseOfAnSsd) {
  const auto arguments = parse_optimizer_arguments(
      {"--reverse_input_channels", "--output=detection_scores,detection_boxes", "--transformations_config=/front/tf/ssd_v2_support.json",
       "--tensorflow_object_detection_api_pipeline_config=a/pipeline.config", "--input_model=a/frozen_inference_graph.pb"},
      kInputs);
  ASSERT_TRUE(arguments.ok()) << arguments.error().message;
  EXPECT_TRUE(arguments->reverse_input_channels);
  EXPECT_TRUE(arguments->object_detection_api);
  EXPECT_EQ(arguments->input_model, "a/frozen_inference_graph.pb");
  EXPECT_EQ(arguments->transformations_config, "ssd_v2_support.json");
  EXPECT_EQ(arguments->outputs, (std::vector<std::string>{"detection_scores", "detection_boxes"}));
}

TEST(ParseOptimizerArguments, ReadsNumbersWithAndWithoutTheInputsName) {
  const auto arguments =
      parse_optimizer_arguments({"--scale_values=image_input[255]", "--mean_values", "(1, 2.5,3)", "--input_shape=[1,416,416,3]"}, kInputs);
  ASSERT_TRUE(arguments.ok()) << arguments.error().message;
  EXPECT_EQ(arguments->scale_values, std::vector<double>{255});
  EXPECT_EQ(arguments->mean_values, (std::vector<double>{1, 2.5, 3}));
  EXPECT_EQ(arguments->input_shape, (std::vector<std::int64_t>{1, 416, 416, 3}));
}

TEST(ParseOptimizerArguments, TakesTheLastOfSeveral) {
  EXPECT_EQ(parse_optimizer_arguments({"--scale=2", "--scale=127.5"}, kInputs)->scale_values, std::vector<double>{127.5});
}

TEST(ParseOptimizerArguments, RefusesByNameWhatWouldChangeTheNetwork) {
  EXPECT_EQ(error_of({"--freeze_placeholder_with_value=is_training->False"}),
            "octet has no way to follow --freeze_placeholder_with_value=is_training->False");
  EXPECT_EQ(error_of({"--data_type=FP16"}), "octet has no way to follow --data_type=FP16");
  EXPECT_EQ(error_of({"--transformations_config=x/faster_rcnn_support.json"}),
            "--transformations_config=faster_rcnn_support.json: octet knows those for SSD and YOLO alone");
  EXPECT_EQ(error_of({"--input=conv1"}), "--input=conv1: octet begins no network at another place than its inputs");
}

TEST(ParseOptimizerArguments, RefusesValuesThatAreNone) {
  const std::string expected = ": expected numbers in brackets, behind the name of an input or without one";
  EXPECT_EQ(error_of({"--mean_values=1,2,3"}), "--mean_values=1,2,3" + expected);
  EXPECT_EQ(error_of({"--mean_values=[1,x]"}), "--mean_values=[1,x]" + expected);
  EXPECT_EQ(error_of({"--mean_values=[]"}), "--mean_values=[]" + expected);
  EXPECT_EQ(error_of({"--mean_values=["}), "--mean_values=[" + expected);
  EXPECT_EQ(error_of({"--mean_values=other[1]"}), "--mean_values=other[1]: expected the name of an input, which 'other' is not");
  EXPECT_EQ(error_of({"--scale=much"}), "--scale=much: expected a number");
  EXPECT_EQ(error_of({"--input_model"}), "--input_model: expected a value");
  EXPECT_EQ(error_of({"--input_model="}), "--input_model: expected a value");
}

}  // namespace
}  // namespace octet
