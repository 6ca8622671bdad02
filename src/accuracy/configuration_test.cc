#include "accuracy/configuration.h"

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "model/yaml.h"

namespace octet::accuracy {
namespace {

constexpr const char* kConfig = R"(
models:
  - name: net
    launchers:
      - framework: dlsdk
        tags: [fp32]
        adapter: ssd
      - framework: tf
        model: frozen.pb
        adapter: ssd
    datasets:
      - name: coco
        metrics: [map]
      - name: own
        annotation_conversion: {converter: voc_detection}
        data_source: pictures
        subsample_size: 20%
        metrics: [map]
)";

constexpr const char* kDefinitions = R"(
datasets:
  - name: coco
    annotation_conversion: {converter: mscoco_detection, annotation_file: a.json}
    data_source: val2017
    metrics: [coco_precision]
    preprocessing: [{type: resize, size: 300}]
)";

Request request() {
  Request request;
  request.models = {"folder"};
  request.framework = "openvino";
  request.folders.source = "data";
  return request;
}

Result<std::vector<EvaluationConfig>> parsed(const Request& request, const std::string& config = kConfig) {
  return parse_configuration(config, kDefinitions, request, [](std::string_view) {});
}

std::string error_of(const Request& request, const std::string& config = kConfig) {
  const auto result = parsed(request, config);
  return result.ok() ? "" : result.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Configuration, PutsItsOwnKeysOverThoseOfTheDefinitions) {
  const auto evaluations = parsed(request());
  ASSERT_TRUE(evaluations.ok()) << evaluations.error().message;
  ASSERT_EQ(evaluations->size(), 2u);
  const EvaluationConfig& coco = evaluations->at(0);
  EXPECT_EQ(coco.dataset, "coco");
  EXPECT_EQ(coco.metrics[0].Scalar(), "map");
  EXPECT_EQ(coco.preprocessing.size(), 1u);
  EXPECT_EQ(coco.data_source, "data/val2017");
  EXPECT_EQ(coco.model_path, "folder");
  EXPECT_EQ(coco.device, "CPU");
  EXPECT_EQ(coco.tags, (std::vector<std::string>{"fp32"}));
  EXPECT_FALSE(coco.subset);
  EXPECT_EQ(evaluations->at(1).subset, "20%");
}

TEST(Configuration, RunsEveryDatasetOnceForEachModelFolder) {
  Request two = request();
  two.models = {"FP32", "FP32-INT8"};
  two.subset = "300";
  two.shuffle = false;
  const auto evaluations = parsed(two);
  ASSERT_TRUE(evaluations.ok()) << evaluations.error().message;
  ASSERT_EQ(evaluations->size(), 4u);
  EXPECT_EQ(evaluations->at(0).model_path, "FP32");
  EXPECT_EQ(evaluations->at(2).model_path, "FP32-INT8");
  EXPECT_EQ(evaluations->at(3).subset, "300");
  EXPECT_FALSE(evaluations->at(3).shuffle);
}

TEST(Configuration, TakesDlsdkAndOpenvinoForTheSameLauncher) {
  Request old = request();
  old.framework = "dlsdk";
  EXPECT_EQ(parsed(old)->size(), 2u);
  EXPECT_EQ(parsed(old, replaced(kConfig, "dlsdk", "openvino"))->size(), 2u);
}

TEST(Configuration, LeavesOutWhatTagsLeaveOut) {
  Request tagged = request();
  tagged.tags = {"int8"};
  std::vector<std::string> warnings;
  const auto none = parse_configuration(kConfig, kDefinitions, tagged, [&](std::string_view text) { warnings.emplace_back(text); });
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
  EXPECT_EQ(warnings, (std::vector<std::string>{"Model \"net\" has no launchers"}));
}

TEST(Configuration, RunsLaunchersOnTheDevicesThatAreAskedFor) {
  const std::string gpu = replaced(kConfig, "tags: [fp32]", "device: GPU"), cpu = replaced(kConfig, "tags: [fp32]", "device: cpu");
  Request asked = request();
  asked.devices = {"CPU"};
  EXPECT_EQ(parsed(asked, gpu)->size(), 0u);
  EXPECT_EQ(parsed(asked, cpu)->size(), 2u);
  asked.devices = {"GPU"};
  EXPECT_EQ(parsed(asked, cpu)->size(), 0u);
  EXPECT_NE(error_of(request(), gpu).find("device' is GPU"), std::string::npos);
  asked.devices = {"cpu", "gpu"};
  EXPECT_EQ(parsed(asked, cpu)->size(), 2u);
  EXPECT_NE(error_of(asked).find("device' is GPU"), std::string::npos);
}

TEST(Configuration, NamesWhatOctetLacks) {
  Request all = request();
  all.framework.clear();
  EXPECT_NE(error_of(all).find("framework is 'tf'"), std::string::npos);
  Request gpu = request();
  gpu.devices = {"GPU"};
  EXPECT_NE(error_of(gpu).find("device' is GPU"), std::string::npos);
  EXPECT_NE(error_of(request(), replaced(kConfig, "tags: [fp32]", "odd: 1")).find("'odd'"), std::string::npos);
  EXPECT_NE(error_of(request(), replaced(kConfig, "name: own", "name: own\n        odd: 1")).find("'odd'"), std::string::npos);
  EXPECT_NE(error_of(request(), replaced(kConfig, "tags: [fp32]", "inputs: [{name: info, type: CONST_INPUT}]")).find("CONST_INPUT"),
            std::string::npos);
  EXPECT_NE(error_of(request(), "evaluations: [{name: a}]").find("'evaluations'"), std::string::npos);
}

TEST(Configuration, SaysWhatIsMissing) {
  EXPECT_NE(error_of(request(), "models: []").find("a list 'models'"), std::string::npos);
  EXPECT_NE(error_of(request(), "models: [{launchers: [], datasets: []}]").find("'name'"), std::string::npos);
  EXPECT_NE(error_of(request(), "models: [{name: a, launchers: [{framework: dlsdk, adapter: ssd}], datasets: [{name: b}]}]")
                .find("data set b: 'annotation_conversion' is missing"),
            std::string::npos);
  Request modelless = request();
  modelless.models.clear();
  EXPECT_NE(error_of(modelless).find("-m FOLDER"), std::string::npos);
}

TEST(Configuration, LetsNoPathLeaveTheSourceFolder) {
  for (const char* path : {"../elsewhere", "/etc", "a/../../b"})
    EXPECT_FALSE(parsed(request(), replaced(kConfig, "data_source: pictures", std::string("data_source: ") + path)).ok()) << path;
}

// Nine levels of nine aliases are 9^9 values; an anchor may lie in itself.
TEST(Configuration, RefusesAnchorsThatUnfoldWithoutEnd) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string name = "a" + std::to_string(i), before = "*a" + std::to_string(i - 1);
    bomb += name + ": &" + name + " [" + before;
    for (int k = 1; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_FALSE(parsed(request(), bomb).ok());
  EXPECT_FALSE(parsed(request(), "models: &a [*a]").ok());
  EXPECT_NE(error_of(request(), std::string(2000, '[')).find("line 1"), std::string::npos);
}

TEST(Configuration, ReadsFilesAndNamesThem) {
  const ScratchFolder folder;
  Request files = request();
  files.config = folder.write("accuracy-check.yml", std::string("global_definitions: definitions.yml\n") + kConfig);
  folder.write("definitions.yml", kDefinitions);
  const auto evaluations = read_configuration(files, {});
  ASSERT_TRUE(evaluations.ok()) << evaluations.error().message;
  EXPECT_EQ(evaluations->at(0).preprocessing.size(), 1u);
  files.config = folder.write("broken.yml", "models: [");
  const auto broken = read_configuration(files, {});
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.error().message.find("broken.yml: line "), std::string::npos) << broken.error().message;
}

}  // namespace
}  // namespace octet::accuracy
