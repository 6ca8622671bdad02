#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/scratch_folder.h"
#include "commands/command.h"

namespace octet::commands {
namespace {

using Json = nlohmann::ordered_json;

class OmzInfoDumper : public testing::Test {
 protected:
  void describe(const std::string& name, const std::string& more) {
    folder_.write("models/public/" + name + "/model.yml",
                  "description: a model\ntask_type: detection\nframework: onnx\nlicense: none\nmodel_optimizer_args: []\nfiles: []\n"
                  "input_info:\n  - {name: data, shape: [1, 3, 8, 8], layout: NCHW}\n" +
                      more);
  }

  Json dumped() const {
    const auto command = std::ranges::find(commands(), "omz_info_dumper", &Command::name);
    testing::internal::CaptureStdout();
    EXPECT_EQ(command->run(std::vector<std::string>{"--all", "--models_root", (folder_.path() / "models").string()}), 0);
    return Json::parse(testing::internal::GetCapturedStdout());
  }

  const ScratchFolder folder_;
};

std::vector<std::string> keys_of(const Json& model) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : model.items()) keys.push_back(key);
  return keys;
}

// Trees of up to 2023 say which models can be quantized.
TEST_F(OmzInfoDumper, HasTheQuantizersPrecisionsForTreesThatHaveThem) {
  describe("a", "");
  std::vector<std::string> keys{"name",         "composite_model_name", "description",  "framework", "license_url", "accuracy_config",
                                "model_config", "precisions",           "subdirectory", "task_type", "input_info",  "model_stages"};
  EXPECT_EQ(keys_of(dumped()[0]), keys);
  describe("b", "quantizable: true\n");
  const Json models = dumped();
  keys.insert(std::ranges::find(keys, "subdirectory"), "quantization_output_precisions");
  EXPECT_EQ(keys_of(models[0]), keys);
  EXPECT_EQ(models[0]["quantization_output_precisions"], Json::array());
  EXPECT_EQ(models[1]["quantization_output_precisions"], Json::array({"FP16-INT8", "FP32-INT8"}));
}

}  // namespace
}  // namespace octet::commands
