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
