#include "workflow/fetch_coco.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

void write_zip(const fs::path& path, const std::vector<std::pair<std::string, std::string>>& members) {
  fs::create_directories(path.parent_path());
  ::archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  ASSERT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, content] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    ASSERT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    ASSERT_EQ(archive_write_data(writer, content.data(), content.size()), static_cast<la_ssize_t>(content.size()));
    archive_entry_free(entry);
  }
  ASSERT_EQ(archive_write_free(writer), ARCHIVE_OK);
}

// A mirror of a COCO of three images.
class FetchCoco : public testing::Test {
 protected:
  FetchCoco() {
    write_zip(mirror_ / "annotations/annotations_trainval2017.zip", {{"annotations/captions_val2017.json", "{}"},
                                                                     {"annotations/person_keypoints_val2017.json", "{}"},
                                                                     {"annotations/instances_val2017.json", kAnnotations}});
    std::vector<std::pair<std::string, std::string>> images;
    for (const std::string name : {"1.jpg", "2.jpg", "3.jpg"}) {
      scratch_.write("mirror/val2017/" + name, "image " + name);
      images.emplace_back("val2017/" + name, "image " + name);
    }
    write_zip(mirror_ / "zips/val2017.zip", images);
    options_.part = "val2017";
    options_.output = scratch_.path() / "coco";
    options_.addresses = {"file://" + mirror_.string()};
    options_.fetch.attempts = 1;
  }

  std::string read(const std::string& name) const { return read_text(options_.output / name).value(); }
  bool has(const std::string& name) const { return fs::exists(options_.output / name); }

  static constexpr const char* kAnnotations =
      R"({"info":{"year":2017},"images":[{"id":3,"file_name":"3.jpg"},{"id":1,"file_name":"1.jpg"},{"id":2,"file_name":"2.jpg"}],)"
      R"("annotations":[{"id":1,"image_id":3,"bbox":[1,2,3,4.5]},{"id":2,"image_id":1,"bbox":[1,2,3,0.1]},{"id":3,"image_id":9}],"categories":[{"id":1,"name":"person"}]})";
  const ScratchFolder scratch_;
  const fs::path mirror_ = scratch_.path() / "mirror";
  FetchCocoOptions options_;
};

TEST_F(FetchCoco, TakesBothArchives) {
  const auto source = fetch_coco(options_);
  ASSERT_TRUE(source.ok()) << source.error().message;
  EXPECT_EQ(source->images, std::vector<fs::path>{options_.output / "val2017"});
  EXPECT_EQ(read("annotations/instances_val2017.json"), kAnnotations);
  EXPECT_TRUE(has("annotations/person_keypoints_val2017.json"));
  EXPECT_EQ(read("val2017/3.jpg"), "image 3.jpg");
  EXPECT_FALSE(has("val2017.zip"));
  // Nothing is missing any more, so nothing is fetched.
  fs::remove_all(mirror_ / "zips");
  EXPECT_TRUE(fetch_coco(options_).ok());
}

TEST_F(FetchCoco, TakesTheFirstImagesAlone) {
  options_.limit = 2;
  ASSERT_TRUE(fetch_coco(options_).ok());
  EXPECT_EQ(read("val2017/1.jpg"), "image 1.jpg");
  EXPECT_TRUE(has("val2017/2.jpg"));
  EXPECT_FALSE(has("val2017/3.jpg"));
  EXPECT_EQ(read("annotations/instances_val2017.json"),
            R"({"info":{"year":2017},"images":[{"id":1,"file_name":"1.jpg"},{"id":2,"file_name":"2.jpg"}],)"
            R"("annotations":[{"id":2,"image_id":1,"bbox":[1,2,3,0.1]}],"categories":[{"id":1,"name":"person"}]})");
  options_.limit = 0;
  ASSERT_TRUE(fetch_coco(options_).ok());
  EXPECT_EQ(read("annotations/instances_val2017.json"), kAnnotations);
}

TEST_F(FetchCoco, GoesOnWhereImagesAreMissing) {
  options_.limit = 3;
  fs::remove(mirror_ / "val2017/2.jpg");
  options_.jobs = 1;
  const auto failed = fetch_coco(options_);
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("2.jpg cannot be fetched: file://"), std::string::npos) << failed.error().message;
  EXPECT_TRUE(has("val2017/1.jpg"));
  EXPECT_FALSE(has("annotations/instances_val2017.json")) << "annotations name an image that is not there";
  scratch_.write("mirror/val2017/2.jpg", "image");
  fs::remove(mirror_ / "val2017/1.jpg");
  EXPECT_TRUE(fetch_coco(options_).ok());
}

TEST_F(FetchCoco, RefusesDamagedArchivesAndNamesThatLeaveTheFolder) {
  fs::resize_file(mirror_ / "zips/val2017.zip", fs::file_size(mirror_ / "zips/val2017.zip") / 2);
  EXPECT_EQ(fetch_coco(options_).error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(has("val2017.zip")) << "the next run would take the damaged one";
  write_zip(
      mirror_ / "annotations/annotations_trainval2017.zip",
      {{"annotations/instances_val2017.json", R"({"images":[{"id":1,"file_name":"../../escape.jpg"}],"annotations":[],"categories":[]})"}});
  fs::remove_all(options_.output);
  options_.limit = 1;
  EXPECT_EQ(fetch_coco(options_).error().message, "path '../../escape.jpg' leaves its folder");
  write_zip(mirror_ / "annotations/annotations_trainval2017.zip", {{"annotations/other.json", "{}"}});
  fs::remove_all(options_.output);
  EXPECT_NE(fetch_coco(options_).error().message.find("has no instances_val2017.json"), std::string::npos);
  options_.part = "val2016";
  EXPECT_EQ(fetch_coco(options_).error().code, ErrorCode::kInvalidArgument);
}

TEST(ReduceAnnotations, RefusesWhatIsNoJson) {
  EXPECT_FALSE(reduce_annotations("{\"images\":[]", 3).ok());
  EXPECT_FALSE(reduce_annotations("[]", 3).ok());
}

}  // namespace
}  // namespace octet
