#include "download/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <functional>

#include <fmt/format.h>

#include "base/files.h"
#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// What a test puts into an archive.
struct Member {
  std::string name, content = "content";
  mode_t type = AE_IFREG;
  std::string link = {};  // target of a symbolic link; a hard link where `type` is a file
};

void add(::archive* writer, const Member& member) {
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, member.name.c_str());
  archive_entry_set_filetype(entry, member.type);
  archive_entry_set_perm(entry, 0644);
  const bool is_file = member.type == AE_IFREG && member.link.empty();
  archive_entry_set_size(entry, is_file ? static_cast<la_int64_t>(member.content.size()) : 0);
  if (member.type == AE_IFLNK)
    archive_entry_set_symlink(entry, member.link.c_str());
  else if (!member.link.empty())
    archive_entry_set_hardlink(entry, member.link.c_str());
  EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
  const la_ssize_t written = is_file ? archive_write_data(writer, member.content.data(), member.content.size()) : 0;
  EXPECT_GE(written, 0);
  archive_entry_free(entry);
}

void write_archive(const fs::path& path, ArchiveFormat format, const std::vector<Member>& members) {
  ::archive* writer = archive_write_new();
  if (format == ArchiveFormat::kZip)
    archive_write_set_format_zip(writer);
  else
    archive_write_set_format_gnutar(writer);
  if (format == ArchiveFormat::kGzipTar) archive_write_add_filter_gzip(writer);
  ASSERT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  for (const Member& member : members) add(writer, member);
  ASSERT_EQ(archive_write_free(writer), ARCHIVE_OK);
}

class Archive : public testing::Test {
 protected:
  Status unpack(ArchiveFormat format, const std::vector<Member>& members, const ArchiveLimits& limits = {}) {
    write_archive(archive_, format, members);
    return unpack_archive(archive_, format, folder_, limits);
  }
  // The message, where nothing was unpacked.
  std::string refusal(ArchiveFormat format, const std::vector<Member>& members, const ArchiveLimits& limits = {}) {
    const Status status = unpack(format, members, limits);
    EXPECT_FALSE(fs::exists(folder_)) << "something was left behind";
    EXPECT_FALSE(fs::exists(scratch_.path() / "escape"));
    if (status.ok()) return "unpacked";
    EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(status.error().message.starts_with(archive_.string() + ": ")) << status.error().message;
    return status.error().message.substr(archive_.string().size() + 2);
  }

  const ScratchFolder scratch_;
  const fs::path archive_ = scratch_.path() / "archive", folder_ = scratch_.path() / "folder";
};

constexpr std::array kFormats{ArchiveFormat::kZip, ArchiveFormat::kTar, ArchiveFormat::kGzipTar};

TEST_F(Archive, UnpacksFilesAndFolders) {
  for (const ArchiveFormat format : kFormats) {
    ASSERT_TRUE(
        unpack(format, {{"./a.txt", "first"}, {"deep/er/b.bin", std::string(3'000'000, 'b')}, {"empty", "", AE_IFDIR}, {"none", ""}}).ok());
    EXPECT_EQ(read_text(folder_ / "a.txt").value(), "first");
    EXPECT_EQ(size_of_file(folder_ / "deep/er/b.bin").value(), 3'000'000u);
    EXPECT_TRUE(fs::is_directory(folder_ / "empty"));
    EXPECT_EQ(size_of_file(folder_ / "none").value(), 0u);
    fs::remove_all(folder_);
  }
}

TEST_F(Archive, TakesACompressedTarUnderEitherName) {
  write_archive(archive_, ArchiveFormat::kGzipTar, {{"a"}});
  EXPECT_TRUE(unpack_archive(archive_, ArchiveFormat::kTar, folder_).ok());
  write_archive(archive_, ArchiveFormat::kTar, {{"b"}});
  EXPECT_TRUE(unpack_archive(archive_, ArchiveFormat::kGzipTar, folder_).ok());
}

TEST_F(Archive, RefusesNamesThatLeaveTheFolder) {
  for (const ArchiveFormat format : kFormats)
    for (const std::string name : {"../escape", "a/../../escape", "/tmp/octet-escape", "a/../b"})
      EXPECT_EQ(refusal(format, {{"good"}, {name}}), "entry: path '" + name + "' leaves its folder");
}

TEST_F(Archive, RefusesLinksAndDevices) {
  for (const ArchiveFormat format : {ArchiveFormat::kTar, ArchiveFormat::kGzipTar}) {
    EXPECT_EQ(refusal(format, {{"good"}, {"l", "", AE_IFLNK, "/etc/passwd"}}), "entry 'l' is a symbolic link");
    EXPECT_EQ(refusal(format, {{"good"}, {"l", "", AE_IFLNK, ".."}, {"l/escape"}}), "entry 'l' is a symbolic link");
    EXPECT_EQ(refusal(format, {{"good"}, {"h", "", AE_IFREG, "/etc/passwd"}}), "entry 'h' is a hard link");
    EXPECT_EQ(refusal(format, {{"good"}, {"d", "", AE_IFCHR}}), "entry 'd' is a device or pipe");
    EXPECT_EQ(refusal(format, {{"good"}, {"p", "", AE_IFIFO}}), "entry 'p' is a device or pipe");
  }
  EXPECT_EQ(refusal(ArchiveFormat::kZip, {{"good"}, {"l", "", AE_IFLNK, "/etc/passwd"}}), "entry 'l' is a symbolic link");
}

TEST_F(Archive, RefusesBombs) {
  const std::vector<Member> large{{"zeros", std::string(20'000'000, '\0')}};
  for (const ArchiveFormat format : kFormats)
    EXPECT_EQ(refusal(format, large, {.bytes = 10'000'000}), "unpacks to more than 10000000 bytes");
  std::vector<Member> many;
  for (int i = 0; i < 101; ++i) many.push_back({std::to_string(i), ""});
  for (const ArchiveFormat format : kFormats) EXPECT_EQ(refusal(format, many, {.entries = 100}), "has more than 100 entries");
}

// The bound follows from the size of the archive: a small one may not fill the disk as far as a large one may.
TEST_F(Archive, RefusesWhatGrowsBeyondItsSize) {
  const ArchiveLimits limits{.bytes = 100'000'000, .small_bytes = 1'000'000, .growth = 10};
  for (const ArchiveFormat format : {ArchiveFormat::kZip, ArchiveFormat::kGzipTar}) {
    const std::string refused = refusal(format, {{"zeros", std::string(20'000'000, '\0')}}, limits);
    EXPECT_EQ(refused, fmt::format("unpacks to more than {} bytes", 1'000'000 + 10 * fs::file_size(archive_)));
    EXPECT_TRUE(unpack(format, {{"zeros", std::string(1'000'000, '\0')}}, limits).ok());
    fs::remove_all(folder_);
  }
  EXPECT_TRUE(unpack(ArchiveFormat::kTar, {{"zeros", std::string(20'000'000, '\0')}}, limits).ok());
}

// Nothing is asked of the visitor for an entry that claims too much.
TEST_F(Archive, BelievesNoClaimBeyondTheLimit) {
  for (const ArchiveFormat format : kFormats) {
    write_archive(archive_, format, {{"good"}, {"zeros", std::string(20'000'000, '\0')}});
    std::vector<std::string> seen;
    const Status status = read_archive(archive_, format, {.bytes = 10'000'000}, [&](const ArchiveEntry& entry) -> Result<Visit> {
      seen.push_back(entry.name);
      return Visit::kContinue;
    });
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(seen, std::vector<std::string>{"good"});
  }
}

// Puts other 32 bits in place of those that stand `offset` bytes behind each occurrence of a record's mark.
void overwrite(std::string& bytes, std::string_view mark, std::size_t offset, std::uint32_t value) {
  for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at + 1))
    for (int i = 0; i < 4; ++i) bytes.at(at + offset + i) = static_cast<char>(value >> (8 * i));
}

TEST_F(Archive, RefusesMoreThanAnEntryClaims) {
  write_archive(archive_, ArchiveFormat::kZip, {{"zeros", std::string(20'000'000, '\0')}});
  std::string bytes = read_text(archive_).value();
  overwrite(bytes, "PK\1\2", 24, 1000);
  overwrite(bytes, "PK\3\4", 22, 1000);
  scratch_.write("archive", bytes);
  std::size_t got = 0;
  const Status status = read_archive_member(archive_, ArchiveFormat::kZip, "zeros", {}, [&](std::span<const std::byte> part) -> Status {
    got += part.size();
    return {};
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, archive_.string() + ": entry 'zeros' has more than the 1000 bytes that it claims");
  EXPECT_EQ(got, 0u);
}

// What stands before the wanted file has to be read, too.
TEST_F(Archive, BoundsWhatIsPassedOver) {
  write_archive(archive_, ArchiveFormat::kGzipTar, {{"zeros", std::string(20'000'000, '\0')}, {"wanted"}});
  const Status status = read_archive_member(archive_, ArchiveFormat::kGzipTar, "wanted", {.bytes = 10'000'000},
                                            [](std::span<const std::byte>) { return Status(); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, archive_.string() + ": unpacks to more than 10000000 bytes");
}

TEST_F(Archive, FollowsNoCompressionInACompression) {
  write_archive(archive_, ArchiveFormat::kGzipTar, {{"a"}});
  const std::string once = read_text(archive_).value();
  ::archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  archive_write_add_filter_gzip(writer);
  ASSERT_EQ(archive_write_open_filename(writer, archive_.c_str()), ARCHIVE_OK);
  add(writer, {"data", once});
  ASSERT_EQ(archive_write_free(writer), ARCHIVE_OK);
  EXPECT_FALSE(unpack_archive(archive_, ArchiveFormat::kGzipTar, folder_).ok());
}

TEST_F(Archive, RefusesTheSameNameTwiceAndAFileForAFolder) {
  EXPECT_EQ(refusal(ArchiveFormat::kTar, {{"a"}, {"./a"}}), "entry './a' is no file, or stands there twice");
  EXPECT_FALSE(unpack(ArchiveFormat::kTar, {{"a"}, {"a/b"}}).ok());
}

TEST_F(Archive, RefusesNamesOfOctetsOwnFiles) {
  EXPECT_EQ(refusal(ArchiveFormat::kTar, {{".octet-1.journal"}}), "entry: path '.octet-1.journal' has a name that octet uses itself");
}

TEST_F(Archive, RefusesWhatIsNoneOrDamaged) {
  scratch_.write("archive", "no archive at all, but a page that says so");
  for (const ArchiveFormat format : kFormats) {
    const Status status = unpack_archive(archive_, format, folder_);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
  }
  for (const ArchiveFormat format : kFormats) {
    std::string noise(100'000, '\0');
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * i >> 3);
    write_archive(archive_, format, {{"a", noise}});
    fs::resize_file(archive_, fs::file_size(archive_) / 2);
    EXPECT_FALSE(unpack_archive(archive_, format, folder_).ok());
    EXPECT_FALSE(fs::exists(folder_)) << "something was left behind";
  }
  EXPECT_EQ(unpack_archive(scratch_.path() / "none", ArchiveFormat::kZip, folder_).error().code, ErrorCode::kNotFound);
}

TEST_F(Archive, GivesTheOneMember) {
  for (const ArchiveFormat format : kFormats) {
    write_archive(archive_, format, {{"a", "1"}, {"b/c", "2"}, {"d", "3"}});
    std::string content;
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
      content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    };
    ASSERT_TRUE(read_archive_member(archive_, format, "b/c", {}, take).ok());
    EXPECT_EQ(content, "2");
    EXPECT_EQ(read_archive_member(archive_, format, "e", {}, take).error().message, archive_.string() + ": has no file 'e'");
  }
}

}  // namespace
}  // namespace octet
