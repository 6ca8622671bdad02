#include "recognise/metadata.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

class Metadata : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "octet-metadata-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, std::string_view text) {
    EXPECT_TRUE(write_file(folder_ / name, text).ok());
    return folder_ / name;
  }

  fs::path folder_;
};

// As Ultralytics lays it beside an exported model: maps and lists in several lines.
TEST_F(Metadata, IsReadBesideAModel) {
  write("metadata.yaml", "stride: 32\ntask: detect\nimgsz:\n- 640\n- 640\nnames:\n  0: person\n  1: traffic light\n  2: \"it's, a\"\n");
  const auto metadata = metadata_beside(folder_ / "model.xml");
  ASSERT_TRUE(metadata.ok()) << metadata.error().message;
  EXPECT_EQ(metadata->at("stride"), "32");
  const auto facts = read_metadata(*metadata);
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(facts->labels, (std::vector<std::string>{"person", "traffic light", "it's, a"}));
  EXPECT_TRUE(facts->is_ultralytics);
}

TEST_F(Metadata, IsNoneWithoutAFileOrNames) {
  EXPECT_EQ(metadata_beside(folder_ / "model.xml").value(), ModelInfo{});
  write("metadata.yaml", "author: somebody\n");
  EXPECT_EQ(metadata_beside(folder_ / "model.xml").value(), ModelInfo{});
  write("metadata.yaml", "names: [\n");
  const auto metadata = metadata_beside(folder_ / "model.xml");
  ASSERT_FALSE(metadata.ok());
  EXPECT_EQ(metadata.error().code, ErrorCode::kMalformed);
}

TEST_F(Metadata, NamesComeFromADataYaml) {
  EXPECT_EQ(names_in_yaml(write("data.yaml", "path: ../coco\nnames: [cat, dog]\n")).value(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_FALSE(names_in_yaml(write("data.yaml", "path: ../coco\n")).ok());
  EXPECT_FALSE(names_in_yaml(write("data.yaml", "names: {0: cat, 7: dog}\n")).ok());
}

TEST_F(Metadata, StatesTheSizeOfAPictureUnlessItIsDeclared) {
  const ModelInfo metadata = {{"imgsz", "[480, 640]"}};
  EXPECT_EQ(*stated_size({}, metadata), (ImageSize{640, 480}));
  EXPECT_EQ(*stated_size({}, {{"imgsz", "320"}}), (ImageSize{320, 320}));
  EXPECT_EQ(*stated_size({{"orig_width", "64"}, {"orig_height", "32"}}, metadata), (ImageSize{64, 32}));
  EXPECT_EQ(*stated_size({}, {}), ImageSize{});
  EXPECT_EQ(stated_size({}, {{"imgsz", "[480, 99999999999]"}}).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace octet
