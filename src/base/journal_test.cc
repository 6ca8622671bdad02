#include "base/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

class Journal : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::canonical(fs::temp_directory_path()) / "octet-journal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What a process that was killed left: files are written without a transaction's own ones beside them.
  void put(const fs::path& path, std::string_view content) {
    fs::create_directories(path.parent_path());
    posix::File file;
    ASSERT_EQ(posix::open(path, O_WRONLY | O_CREAT, file, 0644), 0);
    ASSERT_EQ(posix::write_all(file, std::as_bytes(std::span(content))), 0);
  }
  void put_journal(const fs::path& folder, const JournalRecord& record) { put(journal_path(folder, kId), format_journal(record)); }

  std::size_t count_of_files(const fs::path& folder) const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
  }

  const std::string kId = "0123456789abcdef";
  fs::path folder_;
};

TEST_F(Journal, ReadsBackWhole) {
  const JournalRecord record{"/a/.octet-1.journal", {"/b/.octet-1.journal", "/c d/x\n"}, {"model.bin", "a b.xml"}};
  const std::string text = format_journal(record);
  EXPECT_EQ(parse_journal(text), record);
  for (std::size_t length = 0; length < text.size(); ++length) EXPECT_FALSE(parse_journal(text.substr(0, length))) << length;
}

TEST_F(Journal, NamesFilesOfItsFolderOnly) {
  for (const char* name : {"", ".", "..", "../x", "/etc/passwd", "a/b", ".octet-1.journal"})
    EXPECT_FALSE(parse_journal(format_journal({"", {}, {name}}))) << name;
}

TEST_F(Journal, OfACommittedTransactionIsCompleted) {
  put(new_file_path(folder_, kId, 0), "new bin");
  put(old_file_path(folder_, kId, 0), "old bin");
  put(new_file_path(folder_, kId, 1), "new xml");
  put(folder_ / "a.xml", "old xml");
  put_journal(folder_, {"", {}, {"a.bin", "a.xml"}});
  ASSERT_TRUE(recover_folder(folder_).ok());
  EXPECT_EQ(read_text(folder_ / "a.bin").value(), "new bin");
  EXPECT_EQ(read_text(folder_ / "a.xml").value(), "new xml");
  EXPECT_EQ(count_of_files(folder_), 2u);
}

TEST_F(Journal, ThatIsNotWholeIsUndone) {
  put(new_file_path(folder_, kId, 0), "new");
  put(folder_ / "a.bin", "old");
  put(journal_path(folder_, kId), format_journal({"", {}, {"a.bin"}}).substr(0, 30));
  ASSERT_TRUE(recover_folder(folder_).ok());
  EXPECT_EQ(read_text(folder_ / "a.bin").value(), "old");
  EXPECT_EQ(count_of_files(folder_), 1u);
}

// From whichever folder one comes, all are completed if the home journal is whole, none if not.
TEST_F(Journal, DecidesForAllFolders) {
  const fs::path home = folder_ / "home", member = folder_ / "member";
  for (const bool committed : {true, false})
    for (const fs::path& entered : {home, member}) {
      for (const fs::path& folder : {home, member}) {
        put(folder / "file", "old");
        put(new_file_path(folder, kId, 0), "new");
      }
      put_journal(member, {journal_path(home, kId).string(), {}, {"file"}});
      if (committed)
        put_journal(home, {"", {journal_path(member, kId).string()}, {"file"}});
      else
        put(journal_path(home, kId), "");
      ASSERT_TRUE(recover_folder(entered).ok());
      if (!committed) {
        ASSERT_TRUE(recover_folder(entered == home ? member : home).ok());
      }
      for (const fs::path& folder : {home, member}) {
        EXPECT_EQ(read_text(folder / "file").value(), committed ? "new" : "old");
        EXPECT_EQ(count_of_files(folder), 1u);
      }
      fs::remove_all(home);
      fs::remove_all(member);
    }
}

// A path that is not the one which the journals name each other by.
TEST_F(Journal, DecidesForAllFoldersWhereverTheyAreEnteredFrom) {
  const fs::path home = folder_ / "home", member = folder_ / "member", before = fs::current_path();
  for (const fs::path& folder : {home, member}) put(new_file_path(folder, kId, 0), "new");
  put_journal(member, {journal_path(home, kId).string(), {}, {"file"}});
  put_journal(home, {"", {journal_path(member, kId).string()}, {"file"}});
  fs::current_path(folder_);
  const bool recovered = recover_folder("home").ok();
  fs::current_path(before);
  ASSERT_TRUE(recovered);
  for (const fs::path& folder : {home, member}) EXPECT_EQ(read_text(folder / "file").value(), "new");
}

// What a foreign journal says of other files is not followed, whatever their names and whatever is in them.
TEST_F(Journal, FollowsNothingButJournals) {
  const fs::path other = folder_ / "other";
  put(other / "x", format_journal({journal_path(folder_, kId).string(), {}, {"file"}}));
  put(other / "file", "old");
  put_journal(folder_, {"", {(other / "x").string(), "x", ""}, {}});
  ASSERT_TRUE(recover_folder(folder_).ok());
  EXPECT_EQ(read_text(other / "file").value(), "old");
  EXPECT_EQ(count_of_files(other), 2u);
  EXPECT_FALSE(fs::exists(journal_path(folder_, kId)));
}

TEST_F(Journal, OfARunningTransactionIsLeftAlone) {
  FileTransaction files;
  ASSERT_TRUE(files.add(folder_ / "a", "one").ok());
  ASSERT_TRUE(files.add(folder_ / "b", "two").ok());
  ASSERT_TRUE(recover_folder(folder_).ok());
  ASSERT_TRUE(files.commit().ok());
  EXPECT_EQ(read_text(folder_ / "a").value(), "one");
  EXPECT_EQ(count_of_files(folder_), 2u);
}

TEST_F(Journal, IsFollowedWhereAModelIsRead) {
  put(new_file_path(folder_, kId, 0), "new");
  put_journal(folder_, {"", {}, {"a.xml"}});
  ASSERT_TRUE(FolderView::open(folder_).ok());
  EXPECT_EQ(read_text(folder_ / "a.xml").value(), "new");
}

}  // namespace
}  // namespace octet
