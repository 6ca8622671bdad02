#include "base/memory.h"

#include <stdlib.h>

#include <fstream>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// A system of files below a folder of its own.
class ContainerMemory : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "octet-memory-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  fs::path root_;
};

TEST_F(ContainerMemory, IsUnlimitedWithoutGroups) { EXPECT_EQ(container_memory_bytes(root_), kUnlimited); }

TEST_F(ContainerMemory, IsThatOfVersion2) {
  write("proc/self/cgroup", "0::/user.slice/octet\n");
  write("sys/fs/cgroup/user.slice/octet/memory.max", "max\n");
  EXPECT_EQ(container_memory_bytes(root_), kUnlimited);
  write("sys/fs/cgroup/user.slice/octet/memory.max", "2000000\n");
  EXPECT_EQ(container_memory_bytes(root_), 2000000);
}

TEST_F(ContainerMemory, IsTheLeastOfTheGroupsAround) {
  write("proc/self/cgroup", "0::/a/b\n");
  write("sys/fs/cgroup/a/b/memory.max", "3000000\n");
  write("sys/fs/cgroup/a/memory.max", "1000000\n");
  EXPECT_EQ(container_memory_bytes(root_), 1000000);
}

// In a container without a namespace of its own, the group has a path that is not mounted there.
TEST_F(ContainerMemory, IsThatOfTheMountWhereTheGroupIsNotSeen) {
  write("proc/self/cgroup", "0::/docker/0123\n");
  write("sys/fs/cgroup/memory.max", "4000000\n");
  EXPECT_EQ(container_memory_bytes(root_), 4000000);
}

TEST_F(ContainerMemory, IsThatOfVersion1) {
  write("proc/self/cgroup", "5:cpu,cpuacct:/docker/0123\n4:hugetlb,memory:/docker/0123\n0::/\nnonsense\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/docker/0123/memory.limit_in_bytes", "5000000\n");
  write("sys/fs/cgroup/cpu,cpuacct/docker/0123/memory.limit_in_bytes", "1\n");
  EXPECT_EQ(container_memory_bytes(root_), 5000000);
}

TEST(Memory, IsSomeAndNoMoreThanTheContainerAllows) {
  EXPECT_GT(memory_bytes(), 0);
  EXPECT_LE(memory_bytes(), container_memory_bytes("/"));
}

}  // namespace
}  // namespace octet
