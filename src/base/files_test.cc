#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace octet {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "octet-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

std::string text_of(const fs::path& path) {
  const auto text = read_text(path);
  return text.ok() ? *text : text.error().message;
}

TEST_F(Files, AreWrittenWithTheirFolders) {
  ASSERT_TRUE(write_file(folder_ / "a" / "b.txt", "one").ok());
  ASSERT_TRUE(write_file(folder_ / "a" / "b.txt", "two").ok());
  EXPECT_EQ(text_of(folder_ / "a" / "b.txt"), "two");
}

TEST_F(Files, AreRefusedWhereNoneCanBe) {
  ASSERT_TRUE(write_file(folder_ / "a.txt", "one").ok());
  for (const fs::path& path : {fs::path(), folder_, folder_ / "new/deep", fs::path("new")})
    EXPECT_TRUE(check_output_folder(path).ok()) << path;
  for (const fs::path& path : {folder_ / "a.txt", folder_ / "new/b.txt", fs::path("b.txt"), fs::path("/dev/null"), fs::path()})
    EXPECT_TRUE(check_output_file(path).ok()) << path;
  for (const fs::path& path : {folder_ / "a.txt", folder_ / "a.txt/deep"}) {
    const Status status = check_output_folder(path);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_EQ(status.error().code, ErrorCode::kIo);
    EXPECT_EQ(status.error().message, path.string() + ": cannot be written: " + (folder_ / "a.txt").string() + " is no folder");
  }
  EXPECT_EQ(check_output_file(folder_).error().message, folder_.string() + ": cannot be written: Is a directory");
  EXPECT_FALSE(check_output_file(folder_ / "a.txt/b.txt").ok());
}

TEST_F(Files, HaveASizeIfTheyAreThere) {
  ASSERT_TRUE(write_file(folder_ / "a.txt", "four").ok());
  EXPECT_EQ(size_of_file(folder_ / "a.txt").value(), 4u);
  EXPECT_EQ(size_of_file(folder_ / "absent.txt").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(size_of_file(folder_).error().code, ErrorCode::kNotFound);
}

TEST_F(Files, OfATransactionThatIsNotCommittedLeaveNothing) {
  {
    FileTransaction files;
    ASSERT_TRUE(files.add(folder_ / "a" / "b" / "c.txt", "one").ok());
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Files, OfOneTransactionReplaceTheOldOnesTogether) {
  for (const char* content : {"old", "new"}) {
    FileTransaction files;
    for (const char* name : {"a.bin", "a.xml", "deep/b"}) ASSERT_TRUE(files.add(folder_ / name, std::string_view(content)).ok());
    ASSERT_TRUE(files.commit().ok());
    for (const char* name : {"a.bin", "a.xml", "deep/b"}) EXPECT_EQ(text_of(folder_ / name), content);
  }
  EXPECT_EQ(std::distance(fs::recursive_directory_iterator(folder_), {}), 4);  // three files and a folder
}

// Nothing of the others has changed by then, neither for a folder that was there from the start nor for one that came later.
TEST_F(Files, KeepTheOldOnesWhereOneCannotBeReplaced) {
  ASSERT_TRUE(write_file(folder_ / "a.bin", "old").ok());
  fs::create_directory(folder_ / "a.xml");
  {
    FileTransaction files;
    ASSERT_TRUE(files.add(folder_ / "a.bin", "new").ok());
    EXPECT_EQ(files.add(folder_ / "a.xml", "new").error().code, ErrorCode::kIo);
    EXPECT_FALSE(files.commit().ok());
  }
  {
    FileTransaction files;
    ASSERT_TRUE(files.add(folder_ / "a.bin", "new").ok());
    ASSERT_TRUE(files.add(folder_ / "b.xml", "new").ok());
    fs::create_directory(folder_ / "b.xml");
    EXPECT_FALSE(files.commit().ok());
  }
  EXPECT_EQ(text_of(folder_ / "a.bin"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 3);
}

TEST_F(Files, AreNotWrittenTwiceInOneTransaction) {
  FileTransaction files;
  ASSERT_TRUE(files.add(folder_ / "a", "one").ok());
  EXPECT_EQ(files.add(folder_ / "." / "a", "two").error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Files, ReplaceWhatASymbolicLinkPointsTo) {
  ASSERT_TRUE(write_file(folder_ / "real.txt", "old").ok());
  fs::create_symlink("real.txt", folder_ / "link.txt");
  ASSERT_TRUE(write_file(folder_ / "link.txt", "new").ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.txt"));
  EXPECT_EQ(text_of(folder_ / "real.txt"), "new");
}

// A pipe here; with /dev/null it is the machine that would suffer.
TEST_F(Files, AreWrittenIntoAPipeWhichStaysThere) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(write_file(pipe, "text").ok());
  char text[8] = {};
  EXPECT_EQ(::read(reader, text, sizeof text), 4);
  EXPECT_STREQ(text, "text");
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(Files, AreNotWaitedForInAPipe) {
  const fs::path pipe = folder_ / "pipe.jpg";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(text_of(pipe), pipe.string() + ": is not a file");
}

TEST_F(Files, ThatAreUnfinishedAreDiscardedForASignal) {
  const auto discard_in_the_middle = [&] {
    FileTransaction files;
    const bool added = files.add(folder_ / "new" / "model.bin", "half").ok();
    discard_unfinished_files();
    ::_exit(added && fs::is_empty(folder_) ? 0 : 1);
  };
  EXPECT_EXIT(discard_in_the_middle(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace octet
