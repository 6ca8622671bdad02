#include "commands/model_selection.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"
#include "commands/model_work.h"

namespace octet::commands {
namespace {
namespace fs = std::filesystem;

// What a command prints and returns for these words.
struct Ran {
  int status = 0;
  std::string out, err;
  std::vector<std::string> models;
};

Ran run(const std::vector<std::string>& words) {
  ArgumentParser parser("command", "");
  ModelSelection selection;
  add_selection_options(parser, selection, "try");
  Ran ran;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  ran.status = run_on_models(parser, words, selection, [&](const std::vector<ZooModel>& models) {
    for (const ZooModel& model : models) ran.models.push_back(model.name);
    return 0;
  });
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

TEST(RunOnModels, GivesTheSelectedModelsOfTheProgram) {
  EXPECT_EQ(run({"--name", "yolo-v4-*,ssd_*"}).models,
            (std::vector<std::string>{"yolo-v4-tf", "yolo-v4-tiny-tf", "ssd_mobilenet_v1_coco"}));
  EXPECT_GT(run({"--all"}).models.size(), 4u);
}

TEST(RunOnModels, PrintsNamesAndHelp) {
  const Ran names = run({"--print_all"});
  EXPECT_EQ(names.status, 0);
  EXPECT_TRUE(names.models.empty());
  EXPECT_NE(names.out.find("yolo-v4-tf\nyolo-v4-tiny-tf\n"), std::string::npos) << names.out;
  const Ran help = run({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.out.find("--models_root"), std::string::npos) << help.out;
}

TEST(RunOnModels, RefusesSelectionsAsUpstreamDoes) {
  const auto ends_with = [](const Ran& ran, const std::string& end) { return ran.status == 2 && ran.err.ends_with(end); };
  EXPECT_TRUE(ends_with(run({}), "\ncommand: error: one of \"--print_all\", \"--all\", \"--name\" or \"--list\" must be specified\n"));
  EXPECT_TRUE(
      ends_with(run({"--all", "--name", "x"}), "\ncommand: error: at most one of \"--all\", \"--name\" or \"--list\" can be specified\n"));
  const Ran none = run({"--name", "no-such-*"});
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.err, "No matching models: \"no-such-*\"\n");
}

TEST(RunOnModels, PrintsThePlaceOfAFaultInATree) {
  const fs::path root = fs::path(testing::TempDir()) / ("octet-selection-" + std::to_string(::getpid()));
  ASSERT_TRUE(write_file(root / "public/a/model.yml", "files: [{name: ../a}]\n").ok());
  const Ran ran = run({"--all", "--models_root", root.string()});
  fs::remove_all(root);
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.err, "In config \"" + (root / "public/a/model.yml").string() +
                         "\":\n    In model \"a\":\n        \"name\": disallowed absolute path or parent traversal\n");
}

TEST(ParsePrecisions, NamesThoseThatAreUnknownInOrder) {
  EXPECT_EQ(parse_precisions({}, known_precisions())->size(), 6u);
  EXPECT_EQ(parse_precisions("FP32,FP16,FP32", known_precisions()).value(), (std::vector<std::string>{"FP16", "FP32"}));
  EXPECT_EQ(parse_precisions("FP8,FP16,BF16", known_precisions()).error().message, "Unknown precisions specified: BF16, FP8.");
}

ZooModel named(const std::string& name, std::vector<ZooModel> stages = {}) {
  ZooModel model;
  model.name = name;
  model.stages = std::move(stages);
  return model;
}

const std::vector<ZooModel> kModels{named("a"), named("pair", {named("pair-x"), named("pair-y")}), named("b")};

TEST(WorkOnEach, GoesOnAfterAFailureAndPrintsInTheModelsOrder) {
  for (const int jobs : {1, 3}) {
    testing::internal::CaptureStdout();
    const int status = work_on_each(kModels, jobs, Reporter::Format::kText, [](const ZooModel& model, const Reporter& reporter) {
      reporter.line(model.name);
      return model.name != "pair-x" && model.name != "b";
    });
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "a\npair-x\npair-y\nb\nFAILED:\npair\nb\n") << jobs << " jobs";
    EXPECT_EQ(status, 1);
  }
}

TEST(WorkOnEach, BeginsNothingAfterAnError) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = work_on_each(kModels, 1, Reporter::Format::kText, [](const ZooModel& model, const Reporter& reporter) -> Result<bool> {
    reporter.line(model.name);
    if (model.name == "pair-y") return Error{ErrorCode::kIo, "no space"};
    return true;
  });
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "a\npair-x\npair-y\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "error: no space\n");
  EXPECT_EQ(status, 1);
}

TEST(ShellCommand, QuotesAsPythonsShlex) {
  EXPECT_EQ(shell_command({"octet", "a b", "it's", "", "x=1,[2]"}), "octet 'a b' 'it'\"'\"'s' '' 'x=1,[2]'");
}

}  // namespace
}  // namespace octet::commands
