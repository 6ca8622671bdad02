#include "data/embedded_demo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/files.h"
#include "data/dataset.h"
#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

const fs::path kDemo = OCTET_SOURCE_DIR "/demo";

// Sorted paths of the files below a folder.
std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.insert(entry.path().lexically_relative(folder).generic_string());
  return files;
}

bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) { return std::ranges::equal(a, b); }

TEST(EmbeddedDemo, IsTheFolderOfTheSource) {
  std::set<std::string> names;
  for (const EmbeddedFile& file : embedded_demo()) {
    names.emplace(file.path);
    const auto source = MappedFile::open(kDemo / file.path);
    ASSERT_TRUE(source.ok()) << file.path;
    EXPECT_TRUE(same_bytes(file.bytes, source->bytes())) << file.path;
  }
  EXPECT_EQ(names, files_below(kDemo));
}

TEST(EmbeddedDemo, StaysBelowTenMegabytes) {
  std::size_t total = 0;
  for (const EmbeddedFile& file : embedded_demo()) total += file.bytes.size();
  EXPECT_LT(total, 10'000'000u);
}

TEST(EmbeddedDemo, AttributesEveryPhotograph) {
  const auto attribution = read_text(kDemo / "ATTRIBUTION.md");
  ASSERT_TRUE(attribution.ok());
  for (const EmbeddedFile& file : embedded_demo()) {
    if (!file.path.ends_with(".jpg")) continue;
    EXPECT_NE(attribution->find(file.path), std::string::npos) << file.path;
  }
}

TEST(WriteEmbeddedDemo, WritesADataSetThatOpens) {
  const ScratchFolder scratch;
  const fs::path dir = scratch.path() / "demo";
  const Status status = write_embedded_demo(dir);
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(files_below(dir), files_below(kDemo));
  const auto dataset = open_dataset({.folder = dir / "coco"});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->images.size(), 36u);
  const auto calibration = open_dataset({.folder = dir / "coco"}, DataUse::kCalibrate);
  ASSERT_TRUE(calibration.ok()) << calibration.error().message;
  EXPECT_EQ(calibration->images.size(), 24u);
}

TEST(WriteEmbeddedDemo, LeavesNothingWhereItCannotWrite) {
  const ScratchFolder scratch;
  ASSERT_TRUE(write_file(scratch.path() / "file", std::string_view("in the way")).ok());
  EXPECT_FALSE(write_embedded_demo(scratch.path() / "file" / "demo").ok());
  EXPECT_EQ(files_below(scratch.path()), std::set<std::string>{"file"});
}

}  // namespace
}  // namespace octet
