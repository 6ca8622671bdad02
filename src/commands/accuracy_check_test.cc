// The command line alone: what is measured is tested in accuracy/.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "base/version.h"
#include "commands/command.h"

namespace octet::commands {
namespace {

struct Finished {
  int status;
  std::string out, err;
};

Finished run(const std::vector<std::string>& words) {
  const auto command = std::ranges::find(commands(), "accuracy_check", &Command::name);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = command->run(words);
  const std::string out = testing::internal::GetCapturedStdout();
  return {status, out, testing::internal::GetCapturedStderr()};
}

// What is said of options in front of a configuration that is not there, which is status 1 where the options are right.
Finished run_before(std::vector<std::string> words) {
  words.insert(words.end(), {"-c", "no-such-file.yml"});
  return run(words);
}

TEST(AccuracyCheck, TakesOptionsThatChangeNoFigure) {
  const Finished finished = run_before({"-e",
                                        "nowhere",
                                        "--cpu_extensions_mode",
                                        "avx2",
                                        "--progress",
                                        "print",
                                        "--async_mode",
                                        "True",
                                        "--profile",
                                        "False",
                                        "--store_only",
                                        "no",
                                        "--input_precision",
                                        "FP32",
                                        "--inference_precision_hint",
                                        "f32",
                                        "--layout",
                                        "NCHW",
                                        "--model_type",
                                        "xml"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find("no-such-file.yml"), std::string::npos) << finished.err;
}

TEST(AccuracyCheck, RefusesByNameWhatItLacks) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--stored_predictions", "p.pickle"}, "argument --stored_predictions: octet keeps no predictions"},
      {{"--store_only", "True"}, "argument --store_only: octet keeps no predictions"},
      {{"--profile", "true"}, "argument --profile: octet has no profiles of metrics"},
      {{"--input_precision", "U8"}, "argument --input_precision: octet measures in f32"},
      {{"--layout", "NHWC"}, "argument --layout: octet feeds an IR as it lies"},
      {{"-dc", "config.yml"}, "argument -dc/--device_config: octet has no settings of a device"},
      {{"--model_is_blob", "1"}, "argument --model_is_blob: octet reads IRs"}};
  for (const auto& [words, message] : cases) {
    const Finished finished = run_before(words);
    EXPECT_EQ(finished.status, 2) << message;
    EXPECT_NE(finished.err.find(message), std::string::npos) << finished.err;
  }
}

TEST(AccuracyCheck, ShowsItsVersion) {
  const Finished finished = run({"--version"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out, std::string("accuracy_check ") + kVersion + "\n");
}

TEST(AccuracyCheck, AppendsItsLinesToALog) {
  const ScratchFolder folder;
  const std::string config = folder.write("c.yml", R"(
models: [{name: net, launchers: [{framework: tf, adapter: ssd}], datasets: [{name: coco}]}]
)");
  const std::string log = (folder.path() / "log.txt").string();
  for (int times = 1; times <= 2; ++times) {
    const Finished finished = run({"-c", config, "-tf", "openvino", "-m", "nowhere", "-l", log});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, "Model \"net\" has no launchers\n");
  }
  EXPECT_EQ(read_text(log).value(), "Model \"net\" has no launchers\nModel \"net\" has no launchers\n");
  const Finished closed = run({"-c", config, "-l", folder.path().string()});
  EXPECT_EQ(closed.status, 1);
  EXPECT_NE(closed.err.find("cannot be written"), std::string::npos) << closed.err;
}

}  // namespace
}  // namespace octet::commands
