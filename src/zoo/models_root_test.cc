#include "zoo/models_root.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

constexpr const char* kModel =
    "description: d\ntask_type: detection\nframework: tf\nlicense: l\nmodel_optimizer_args: [--x]\n"
    "files: [{name: a, size: 1, checksum: "
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, source: u}]\n";
constexpr const char* kComposite = "description: c\ntask_type: detection\nframework: tf\nlicense: l\nstages_order: [pair-b, pair-a]\n";

class LoadModels : public testing::Test {
 protected:
  LoadModels() { fs::remove_all(root_); }
  ~LoadModels() override { fs::remove_all(root_); }
  void put(const std::string& path, const std::string& text) { ASSERT_TRUE(write_file(root_ / path, text).ok()); }
  std::string error() {
    const auto models = load_models(root_);
    std::string message = models.ok() ? "no error" : models.error().message;
    for (auto at = message.find(root_.string()); at != std::string::npos; at = message.find(root_.string()))
      message.replace(at, root_.string().size(), "ROOT");
    return message;
  }

  const fs::path root_ = fs::path(testing::TempDir()) / ("octet-models-" + std::to_string(::getpid()));
};

TEST_F(LoadModels, SortsThemByNameAndKnowsTheirFolders) {
  put("public/b/model.yml", kModel);
  put("intel/c/model.yml", kModel);
  put("public/B/model.yml", kModel);
  const auto models = load_models(root_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  ASSERT_EQ(models->size(), 3u);
  EXPECT_EQ((*models)[0].name, "B");
  EXPECT_EQ((*models)[1].subdirectory, "public/b");
  EXPECT_EQ((*models)[2].folder, root_ / "intel/c");
}

TEST_F(LoadModels, PutsStagesIntoTheirCompositeInItsOrder) {
  put("public/pair/composite-model.yml", kComposite);
  for (const std::string stage : {"a", "b", "unused"}) put("public/pair/pair-" + stage + "/model.yml", kModel);
  const auto models = load_models(root_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  ASSERT_EQ(models->size(), 1u);
  const ZooModel& pair = models->front();
  EXPECT_EQ(pair.composite_name, "pair");
  EXPECT_EQ(pair.precisions, (std::vector<std::string>{"FP16", "FP32"}));
  ASSERT_EQ(pair.stages.size(), 2u);
  EXPECT_EQ(pair.stages[0].name, "pair-b");
  EXPECT_EQ(pair.stages[0].composite_name, "pair");
  EXPECT_EQ(pair.stages[1].subdirectory, "public/pair/pair-a");
}

TEST_F(LoadModels, TakesModelsThatDoNotSaySoForNotQuantizableWhereOthersSay) {
  put("public/pair/composite-model.yml", kComposite);
  for (const std::string stage : {"a", "b"}) put("public/pair/pair-" + stage + "/model.yml", kModel);
  put("public/x/model.yml", kModel);
  auto models = load_models(root_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  EXPECT_EQ(models->at(0).stages[0].quantizable, std::nullopt);
  EXPECT_EQ(models->at(1).quantizable, std::nullopt);
  put("public/y/model.yml", std::string(kModel) + "quantizable: true\n");
  models = load_models(root_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  EXPECT_EQ(models->at(0).quantizable, false);
  EXPECT_EQ(models->at(0).stages[0].quantizable, false);
  EXPECT_EQ(models->at(1).quantizable, false);
  EXPECT_EQ(models->at(2).quantizable, true);
  put("public/pair/pair-b/model.yml", std::string(kModel) + "quantizable: True\n");
  models = load_models(root_);
  ASSERT_TRUE(models.ok()) << models.error().message;
  EXPECT_EQ(models->at(0).quantizable, true) << "a composite is what its first stage is";
  EXPECT_EQ(models->at(0).stages[1].quantizable, false);
}

TEST_F(LoadModels, NamesTheFileOfAFault) {
  put("public/b/model.yml", "files: 3\n");
  EXPECT_EQ(error(), "In config \"ROOT/public/b/model.yml\":\n    In model \"b\":\n        \"files\": expected a list, got 3 (line 1)");
}

TEST_F(LoadModels, RefusesCompositesThatAreNot) {
  put("pair/composite-model.yml", kComposite);
  put("pair/pair-a/model.yml", kModel);
  EXPECT_EQ(error(), "In config \"ROOT/pair/composite-model.yml\":\n    \"stages_order\": there is no stage 'pair-b'");
  put("pair/other/model.yml", kModel);
  EXPECT_EQ(error(), "In directory \"ROOT/pair\":\n    Names of composite model parts should start with composite model name");
  put("pair/model.yml", kModel);
  EXPECT_EQ(error(), "In directory \"ROOT/pair\":\n    Directory should not contain a model.yml file");
  put("pair/pair-a/deep/model.yml", kModel);
  EXPECT_EQ(error(),
            "In directory \"ROOT/pair\":\n    Directory should not contain any model.yml files in any subdirectories that are not direct "
            "children of the composite model directory");
}

TEST_F(LoadModels, RefusesARootThatIsNotThere) {
  const auto models = load_models(root_);
  ASSERT_FALSE(models.ok());
  EXPECT_EQ(models.error().code, ErrorCode::kNotFound);
}

TEST(OpenModelZoo, IsReadAsAWhole) {
  const fs::path zoo = fs::path(OCTET_SOURCE_DIR) / "../shared/reference/omz";
  if (!fs::exists(zoo)) GTEST_SKIP() << zoo << " is not here: the Open Model Zoo's files are not part of this repository";
  const auto models = load_models(zoo / "models");
  ASSERT_TRUE(models.ok()) << models.error().message;
  EXPECT_EQ(models->size(), 248u);
  const auto older = load_models(zoo / "models-2022.2");
  ASSERT_TRUE(older.ok()) << older.error().message;
  EXPECT_EQ(older->at(0).quantizable, true);
}

}  // namespace
}  // namespace octet
