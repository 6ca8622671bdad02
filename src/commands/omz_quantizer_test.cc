#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "base/scratch_folder.h"
#include "commands/command.h"

namespace octet::commands {
namespace {

class OmzQuantizer : public testing::Test {
 protected:
  // A composite model "pair" of two stages, and a model "single" that can be quantized.
  void describe(const std::string& more_of_first_stage) {
    const std::string model =
        "description: d\ntask_type: detection\nframework: onnx\nlicense: l\ninput_info: []\nmodel_optimizer_args: []\nfiles: []\n";
    put("pair/composite-model.yml",
        "description: d\ntask_type: detection\nframework: onnx\nlicense: l\nstages_order: [pair-second, pair-first]\n");
    put("pair/pair-second/model.yml", model + more_of_first_stage);
    put("pair/pair-first/model.yml", model);
    put("single/model.yml", model + "quantizable: true\n");
  }
  void put(const std::string& name, const std::string& text) { scratch_.write("models/" + name, text); }

  // What a dry run prints, without the lines between the headings.
  std::string headings(std::vector<std::string> words, int status) {
    words.insert(words.end(),
                 {"--models_root", (scratch_.path() / "models").string(), "--model_dir", scratch_.path().string(), "--dry_run"});
    const auto command = std::ranges::find(commands(), "omz_quantizer", &Command::name);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    EXPECT_EQ(command->run(words), status);
    errors_ = testing::internal::GetCapturedStderr();
    std::istringstream lines(testing::internal::GetCapturedStdout());
    std::string kept;
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("=====") || line == "FAILED:" || kept.ends_with("FAILED:\n")) kept += line + "\n";
    return kept;
  }

  const ScratchFolder scratch_;
  std::string errors_;
};

TEST_F(OmzQuantizer, SkipsACompositeModelAsAWhole) {
  describe("");
  EXPECT_EQ(headings({"--all", "--dataset_dir", "data", "--precisions", "FP32-INT8"}, 0),
            "========== Skipping pair (quantization not supported)\n========== (DRY RUN) Quantizing single from FP32 to FP32-INT8\n");
}

TEST_F(OmzQuantizer, TakesTheStagesOfOthersInTheirOrder) {
  describe("quantizable: true\n");
  EXPECT_EQ(headings({"--name", "pair", "--dataset_dir", "data"}, 0),
            "========== (DRY RUN) Quantizing pair-second from FP16 to FP16-INT8\n"
            "========== (DRY RUN) Quantizing pair-second from FP32 to FP32-INT8\n"
            "========== Skipping pair-first (quantization not supported)\n");
}

TEST_F(OmzQuantizer, NamesACompositeModelThatFails) {
  describe("quantizable: true\n");
  put("pair/pair-second/quantization.yml", "no: compression\n");
  EXPECT_EQ(headings({"--name", "single,pair", "--dataset_dir", "data", "--precisions", "FP32-INT8"}, 1),
            "========== (DRY RUN) Quantizing single from FP32 to FP32-INT8\n"
            "========== (DRY RUN) Quantizing pair-second from FP32 to FP32-INT8\n"
            "========== Skipping pair-first (quantization not supported)\nFAILED:\npair\n");
}

// As upstream: first the selection, then the precisions, then the data set.
TEST_F(OmzQuantizer, RefusesInUpstreamsOrder) {
  describe("");
  EXPECT_EQ(headings({"--name", "none", "--precisions", "FP8"}, 1), "");
  EXPECT_EQ(errors_, "No matching models: \"none\"\n");
  EXPECT_EQ(headings({"--name", "single", "--precisions", "FP8,FP32"}, 1), "");
  EXPECT_EQ(errors_, "Unknown precisions specified: FP32, FP8.\n");
  EXPECT_EQ(headings({"--name", "single"}, 1), "");
  EXPECT_EQ(errors_, "--dataset_dir must be specified.\n");
}

}  // namespace
}  // namespace octet::commands
