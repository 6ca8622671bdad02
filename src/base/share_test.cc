#include "base/share.h"

#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

namespace octet {
namespace {

const char* const kVariables[] = {"SLURM_ARRAY_TASK_ID",   "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
                                  "SLURM_ARRAY_TASK_STEP", "JOB_COMPLETION_INDEX",   "JOB_COMPLETIONS"};

class ShareTest : public testing::Test {
 protected:
  void SetUp() override { clear(); }
  void TearDown() override { clear(); }

  static void clear() {
    for (const char* name : kVariables) unsetenv(name);
  }
  static void set(const char* name, const char* value) { setenv(name, value, 1); }
};

TEST_F(ShareTest, DealsEveryItemOnce) {
  for (const std::size_t items : {0U, 1U, 7U, 100U}) {
    std::vector<int> owners(items);
    for (std::size_t index = 0; index < 3; ++index) {
      const Share share{index, 3};
      for (std::size_t n = 0; n < share.size(items); ++n) {
        EXPECT_TRUE(share.owns(share.item(n)));
        ++owners.at(share.item(n));
      }
    }
    EXPECT_EQ(owners, std::vector<int>(items, 1));
  }
}

TEST_F(ShareTest, IsReadAndWrittenFromOne) {
  EXPECT_EQ(*parse_share("2/3"), (Share{1, 3}));
  EXPECT_EQ(*parse_share("1/1"), Share());
  EXPECT_EQ(to_string(Share{1, 3}), "2/3");
}

TEST_F(ShareTest, RefusesOtherWords) {
  for (const char* word : {"", "2", "0/3", "4/3", "-1/3", "1/0", "1/70000", "a/b", "1/3/5", " 1/3", "Auto", "18446744073709551616/3"}) {
    const auto share = parse_share(word);
    ASSERT_FALSE(share.ok()) << word;
    EXPECT_EQ(share.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(share.error().message.find("--shard"), std::string::npos);
  }
}

TEST_F(ShareTest, IsThatOfASlurmTask) {
  set("SLURM_ARRAY_TASK_ID", "2");
  EXPECT_NE(parse_share("auto").error().message.find("SLURM_ARRAY_TASK_COUNT"), std::string::npos);
  set("SLURM_ARRAY_TASK_COUNT", "3");
  EXPECT_EQ(*parse_share("auto"), (Share{1, 3}));
  set("SLURM_ARRAY_TASK_MIN", "0");
  EXPECT_EQ(*parse_share("auto"), (Share{2, 3}));
  set("SLURM_ARRAY_TASK_STEP", "2");
  EXPECT_EQ(*parse_share("auto"), (Share{1, 3}));
  set("SLURM_ARRAY_TASK_ID", "3");
  EXPECT_FALSE(parse_share("auto").ok());
  set("SLURM_ARRAY_TASK_ID", "three");
  EXPECT_FALSE(parse_share("auto").ok());
}

TEST_F(ShareTest, IsThatOfAKubernetesPod) {
  EXPECT_NE(parse_share("auto").error().message.find("JOB_COMPLETION_INDEX"), std::string::npos);
  set("JOB_COMPLETION_INDEX", "0");
  EXPECT_NE(parse_share("auto").error().message.find("JOB_COMPLETIONS"), std::string::npos);
  set("JOB_COMPLETIONS", "2");
  EXPECT_EQ(*parse_share("auto"), (Share{0, 2}));
  set("JOB_COMPLETION_INDEX", "2");
  EXPECT_FALSE(parse_share("auto").ok());
}

}  // namespace
}  // namespace octet
