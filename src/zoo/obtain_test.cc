#include "zoo/obtain.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/digest.h"
#include "base/files.h"
#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

class ObtainModel : public testing::Test {
 protected:
  ObtainModel() {
    EXPECT_EQ(::setenv("OCTET_CACHE", (scratch_.path() / "cache").c_str(), 1), 0);
    model_.name = "model";
    model_.subdirectory = "public/model";
    model_.files = {published("a.cfg", "cfg"), published("deep/a.weights", "weights")};
    model_.source_file = "a.cfg";
    model_.weights_file = "deep/a.weights";
    options_.fetch.attempts = 1;
  }
  ~ObtainModel() override { EXPECT_EQ(::unsetenv("OCTET_CACHE"), 0); }

  RemoteFile published(const std::string& name, const std::string& content) const {
    const fs::path place = scratch_.write("server/" + name, content);
    const std::string digest = sha384_hex(std::as_bytes(std::span(content)));
    return {name,
            static_cast<std::int64_t>(content.size()),
            digest,
            {UrlSource{"file:///no/such/file"}, UrlSource{"file://" + place.string()}}};
  }
  Result<FetchedFiles> obtain() { return obtain_model(model_, output_, options_); }
  void expect_nothing_left() const {
    EXPECT_FALSE(fs::exists(output_));
    EXPECT_TRUE(fs::is_empty(scratch_.path() / "cache/work"));
  }

  const ScratchFolder scratch_;
  const fs::path output_ = scratch_.path() / "out";
  ZooModel model_;
  ObtainOptions options_;
};

TEST_F(ObtainModel, FetchesIntoTheCacheAndTakesItFromThere) {
  std::int64_t last = 0, total = 0, warnings = 0;
  options_.progress = [&](std::int64_t done, std::int64_t all) { last = done, total = all; };
  options_.warn = [&](std::string_view) { ++warnings; };
  options_.jobs = 1;
  const auto fetched = obtain();
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(read_text(fetched->source).value(), "cfg");
  EXPECT_EQ(fetched->weights, output_ / "public/model/deep/a.weights");
  EXPECT_EQ(last, 10);
  EXPECT_EQ(total, 10);
  EXPECT_EQ(warnings, 2);  // of the first source of each file
  fs::remove_all(scratch_.path() / "server");
  fs::remove_all(output_);
  EXPECT_TRUE(obtain().ok());
  EXPECT_TRUE(fs::is_empty(scratch_.path() / "cache/work"));
}

TEST_F(ObtainModel, DoesNothingWhereAllIsThere) {
  ASSERT_TRUE(obtain().ok());
  fs::remove_all(scratch_.path() / "server");
  fs::remove_all(scratch_.path() / "cache");
  EXPECT_TRUE(obtain().ok());
}

TEST_F(ObtainModel, LooksIntoTheNamedFolderFirst) {
  options_.model_dir = scratch_.path() / "server";
  ASSERT_TRUE(obtain().ok());
  EXPECT_FALSE(fs::exists(scratch_.path() / "cache"));
  fs::remove_all(output_);
  options_.model_dir = scratch_.path() / "elsewhere";
  EXPECT_TRUE(obtain().ok());
  scratch_.write("elsewhere/a.cfg", "another");
  fs::remove_all(output_);
  EXPECT_EQ(obtain().error().code, ErrorCode::kMalformed);
}

TEST_F(ObtainModel, GivesAllFilesOrNone) {
  fs::remove(scratch_.path() / "server/deep/a.weights");
  options_.model_dir = scratch_.path() / "elsewhere";
  const auto failed = obtain();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
  for (const std::string& part :
       {(options_.model_dir / "a.cfg").string(), std::string("deep/a.weights cannot be fetched: file:///no/such/file: "),
        "Put it by hand at " + (scratch_.path() / "cache/1").string()})
    EXPECT_NE(failed.error().message.find(part), std::string::npos) << part << "\n" << failed.error().message;
  expect_nothing_left();
}

TEST_F(ObtainModel, FetchesAFileOfNoStatedDigest) {
  model_.files[1].sha384.clear();
  ASSERT_TRUE(obtain().ok());
  EXPECT_EQ(read_text(output_ / "public/model/deep/a.weights").value(), "weights");
}

TEST_F(ObtainModel, LeavesTheCachedFileAsItIsWhereTextIsReplaced) {
  model_.files.push_back(published("a.py", "import x"));
  model_.postprocessing = {ReplaceText{"a.py", "x", "y", 0}};
  (void)obtain();
  EXPECT_EQ(read_text(output_ / "public/model/a.py").value(), "import y");
  const std::string& digest = model_.files[2].sha384;
  EXPECT_EQ(read_text(scratch_.path() / "cache/1" / digest.substr(0, 2) / digest.substr(2)).value(), "import x");
}

TEST_F(ObtainModel, RefusesAnArchiveThatIsNone) {
  model_.files.push_back(published("a.zip", "no archive"));
  model_.postprocessing = {UnpackArchive{"a.zip", UnpackArchive::Format::kZip}};
  EXPECT_EQ(obtain().error().code, ErrorCode::kMalformed);
  expect_nothing_left();
}

}  // namespace
}  // namespace octet
