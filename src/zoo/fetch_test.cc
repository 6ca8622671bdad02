#include "zoo/fetch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/files.h"
#include "zoo/catalogue.h"

namespace octet {
namespace {
namespace fs = std::filesystem;

class FetchFrom : public testing::Test {
 protected:
  FetchFrom() {
    fs::remove_all(root_);
    model_.name = "model";
    model_.subdirectory = "public/model";
    model_.files = {{"a.cfg", 3, digest_of("cfg"), {UrlSource{"https://example.org/a.cfg"}}}, {"deep/a.weights", {}, "", {}}};
    model_.source_file = "a.cfg";
    model_.weights_file = "deep/a.weights";
    put("a.cfg", "cfg");
    put("deep/a.weights", "weights");
  }
  ~FetchFrom() override { fs::remove_all(root_); }

  static std::string digest_of(std::string_view text) { return sha384_hex(std::as_bytes(std::span(text.data(), text.size()))); }
  void put(const std::string& name, std::string_view content) { ASSERT_TRUE(write_file(models_ / name, content).ok()); }
  Error error() {
    const auto fetched = fetch_from(model_, models_, output_);
    EXPECT_FALSE(fetched.ok());
    EXPECT_FALSE(fs::exists(output_)) << "something was left behind";
    return fetched.ok() ? Error{} : fetched.error();
  }

  const fs::path root_ = fs::path(testing::TempDir()) / ("octet-fetch-" + std::to_string(::getpid()));
  const fs::path models_ = root_ / "models", output_ = root_ / "out";
  ZooModel model_;
};

TEST_F(FetchFrom, CopiesEveryFileIntoTheModelsFolder) {
  std::vector<std::pair<std::int64_t, std::int64_t>> steps;
  const auto fetched =
      fetch_from(model_, models_, output_, [&](std::int64_t done, std::int64_t total) { steps.emplace_back(done, total); });
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(fetched->folder, output_ / "public/model");
  EXPECT_EQ(fetched->source, output_ / "public/model/a.cfg");
  EXPECT_EQ(fetched->weights, output_ / "public/model/deep/a.weights");
  EXPECT_EQ(fetched->all.size(), 2u);
  EXPECT_EQ(read_text(fetched->source).value(), "cfg");
  EXPECT_EQ(read_text(fetched->weights).value(), "weights");
  EXPECT_EQ(steps, (std::vector<std::pair<std::int64_t, std::int64_t>>{{3, 10}, {10, 10}}));
}

TEST_F(FetchFrom, FindsCheckedFilesWithoutACopy) {
  const auto found = find_in(model_, models_);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->source, models_ / "a.cfg");
  EXPECT_EQ(found->weights, models_ / "deep/a.weights");
  put("a.cfg", "cfx");
  EXPECT_EQ(find_in(model_, models_).error().code, ErrorCode::kMalformed);
  fs::remove(models_ / "a.cfg");
  EXPECT_EQ(find_in(model_, models_).error().code, ErrorCode::kNotFound);
}

TEST_F(FetchFrom, TakesWhatIsUsedOfAnArchiveAndNotTheArchive) {
  model_.files[0].name = "a.zip";
  model_.postprocessing = {UnpackArchive{"a.zip", UnpackArchive::Format::kZip}};
  model_.source_file = "a/a.cfg";
  const auto found = find_in(model_, models_);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->source, models_ / "a.cfg");
  put("a/a.cfg", "another cfg");
  const auto fetched = fetch_from(model_, models_, output_);
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(read_text(output_ / "public/model/a/a.cfg").value(), "another cfg");
  fs::remove_all(output_);
  fs::remove(models_ / "a.cfg");
  fs::remove_all(models_ / "a");
  EXPECT_NE(error().message.find("published at https://example.org/a.cfg"), std::string::npos);
}

TEST_F(FetchFrom, CanBeRepeatedOverItsOwnOutput) {
  ASSERT_TRUE(fetch_from(model_, models_, output_).ok());
  const auto again = fetch_from(model_, output_ / "public/model", output_);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(read_text(again->source).value(), "cfg");
}

TEST_F(FetchFrom, NamesTheMissingFileAndWhereItIsPublished) {
  fs::remove(models_ / "a.cfg");
  const Error missing = error();
  EXPECT_EQ(missing.code, ErrorCode::kNotFound);
  EXPECT_NE(missing.message.find((models_ / "a.cfg").string()), std::string::npos) << missing.message;
  EXPECT_NE(missing.message.find("model needs the file, published at https://example.org/a.cfg"), std::string::npos) << missing.message;
}

TEST_F(FetchFrom, RefusesAnotherSizeOrContent) {
  put("a.cfg", "long");
  EXPECT_EQ(error().message, (models_ / "a.cfg").string() + ": has 4 bytes where the published file has 3");
  put("a.cfg", "xyz");
  const Error other = error();
  EXPECT_EQ(other.code, ErrorCode::kMalformed);
  EXPECT_EQ(other.message, (models_ / "a.cfg").string() + ": is not the published file: its SHA-384 is " + digest_of("xyz") +
                               ", expected " + digest_of("cfg"));
}

TEST_F(FetchFrom, LeavesNothingBehindWhereTheOutputCannotBeWritten) {
  put("in-the-way", "a file");
  const auto fetched = fetch_from(model_, models_, models_ / "in-the-way");
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().code, ErrorCode::kIo);
  EXPECT_NE(fetched.error().message.find("in-the-way"), std::string::npos);
}

TEST_F(FetchFrom, TakesThePublishedFilesOfYoloFastest) {
  const fs::path shared = fs::path(OCTET_SOURCE_DIR) / "../shared/models";
  if (!fs::exists(shared)) GTEST_SKIP() << shared << " is not here: the models are not part of this repository";
  for (const auto& [name, folder] : {std::pair{"yolo-fastest-1.1-xl", "yolo-fastest-1.1-xl"}, std::pair{"yolo-v4-tiny-tf", "yolov4"},
                                     std::pair{"ssdlite_mobilenet_v2_coco", "ssdlite_mobilenet_v2_coco"}}) {
    const auto fetched = fetch_from(zoo_model(name).value(), shared / folder, output_);
    EXPECT_TRUE(fetched.ok()) << fetched.error().message;
  }
}

}  // namespace
}  // namespace octet
