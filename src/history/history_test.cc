#include "history/history.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

HistoryRun run_of(const std::string& figures) {
  return {0, "2026-11-27T12:34:56Z", "check", 0, "0.1.0", "here", "a CPU", "avx2", R"(["a.xml"])", R"({"--limit":["3"]})", figures};
}

void execute(const fs::path& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

class HistoryTest : public testing::Test {
 protected:
  ScratchFolder folder_;
  fs::path file_ = folder_.path() / "below" / "runs.db";
};

TEST_F(HistoryTest, KeepsRunsInTheirOrder) {
  ASSERT_TRUE(add_to_history(file_, run_of(R"({"drop":0.1})")).ok());
  ASSERT_TRUE(add_to_history(file_, run_of(R"({"drop":0.2,"name":"ä\u0000"})")).ok());
  const auto runs = read_history(file_);
  ASSERT_TRUE(runs.ok()) << runs.error().message;
  ASSERT_EQ(runs->size(), 2U);
  HistoryRun expected = run_of(R"({"drop":0.1})");
  expected.id = 1;
  EXPECT_EQ((*runs)[0], expected);
  EXPECT_EQ((*runs)[1].figures, R"({"drop":0.2,"name":"ä\u0000"})");
}

TEST_F(HistoryTest, TakesManyWritersAtOnce) {
  constexpr int kWriters = 8, kRuns = 5;
  std::vector<std::thread> writers;
  std::atomic<int> written = 0;
  for (int i = 0; i < kWriters; ++i)
    writers.emplace_back([&] {
      for (int n = 0; n < kRuns; ++n) {
        const Status added = add_to_history(file_, run_of("{}"));
        EXPECT_TRUE(added.ok()) << added.error().message;
        written += added.ok() ? 1 : 0;
      }
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(written, kWriters * kRuns);
  EXPECT_EQ(read_history(file_)->size(), static_cast<std::size_t>(kWriters * kRuns));
}

TEST_F(HistoryTest, LeavesFilesOfOthersAlone) {
  EXPECT_EQ(read_history(file_).error().code, ErrorCode::kNotFound);
  const fs::path text = folder_.path() / "text.db";
  std::ofstream(text) << std::string(5000, 'x');
  EXPECT_EQ(read_history(text).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(add_to_history(text, run_of("{}")).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(fs::file_size(text), 5000U);

  const fs::path other = folder_.path() / "other.db";
  execute(other, "CREATE TABLE runs (id INTEGER); INSERT INTO runs VALUES (7)");
  const Status added = add_to_history(other, run_of("{}"));
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code, ErrorCode::kMalformed);
  EXPECT_NE(added.error().message.find("another program"), std::string::npos);
  EXPECT_FALSE(read_history(other).ok());

  ASSERT_TRUE(add_to_history(file_, run_of("{}")).ok());
  execute(file_, "PRAGMA user_version = 2");
  EXPECT_NE(add_to_history(file_, run_of("{}")).error().message.find("version 2"), std::string::npos);
  execute(file_, "PRAGMA user_version = 1; DROP TABLE runs; CREATE TABLE runs (id INTEGER)");
  EXPECT_EQ(read_history(file_).error().code, ErrorCode::kMalformed);
}

// By somebody who may not write there, where the test itself may everywhere.
TEST_F(HistoryTest, IsReadWhereNobodyMayWrite) {
  constexpr uid_t kNobody = 65534;
  const fs::path file = folder_.path() / "100% of a #1?.db";
  ASSERT_TRUE(add_to_history(file, run_of("{}")).ok());
  ASSERT_TRUE(add_to_history(file, run_of("{}")).ok());
  constexpr auto kRead = static_cast<fs::perms>(0444), kReadAndEnter = static_cast<fs::perms>(0555);
  fs::permissions(file, kRead);
  fs::permissions(folder_.path(), kReadAndEnter);
  EXPECT_EXIT(
      {
        if (::geteuid() == 0 && ::seteuid(kNobody) != 0) std::_Exit(2);
        const auto runs = read_history(file);
        std::fprintf(stderr, "%s", runs.ok() ? fmt::format("{} runs", runs->size()).c_str() : runs.error().message.c_str());
        std::_Exit(add_to_history(file, run_of("{}")).ok() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "^2 runs$");
  fs::permissions(folder_.path(), fs::perms::owner_all);
}

// The size of a file that the system grants stands for a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

TEST_F(HistoryTest, LosesNothingWhereTheDiskIsFull) {
  EXPECT_FALSE(add_to_history("/dev/full/runs.db", run_of("{}")).ok());
  ASSERT_TRUE(add_to_history(file_, run_of(R"({"first":1})")).ok());
  {
    const FileSizeLimit limit(1 << 20);
    const Status added = add_to_history(file_, run_of(std::string(4 << 20, 'x')));
    ASSERT_FALSE(added.ok());
    EXPECT_EQ(added.error().code, ErrorCode::kIo);
    EXPECT_NE(added.error().message.find("File too large"), std::string::npos) << added.error().message;
    ASSERT_TRUE(read_history(file_).ok());
    EXPECT_EQ(read_history(file_)->size(), 1U);
  }
  {
    const FileSizeLimit limit(1 << 14);  // less than its locks take
    const auto runs = read_history(file_);
    ASSERT_FALSE(runs.ok());
    EXPECT_NE(runs.error().message.find("no room to grow"), std::string::npos) << runs.error().message;
  }
  ASSERT_TRUE(add_to_history(file_, run_of(R"({"second":1})")).ok());
  const auto runs = read_history(file_);
  ASSERT_TRUE(runs.ok());
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[1].figures, R"({"second":1})");
}

}  // namespace
}  // namespace octet
