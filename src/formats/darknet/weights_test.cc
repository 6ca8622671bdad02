#include "formats/darknet/weights.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

namespace octet::darknet {
namespace {

class Weights : public testing::Test {
 protected:
  ~Weights() override { std::filesystem::remove(path_); }

  // A file of the given header, the count of images in `seen_bytes` bytes, then the values.
  void write(std::int32_t major, std::int32_t minor, std::uint64_t seen, std::size_t seen_bytes, const std::vector<float>& values,
             std::size_t cut = 0) {
    std::string bytes;
    const auto append = [&](const void* data, std::size_t size) { bytes.append(static_cast<const char*>(data), size); };
    const std::int32_t revision = 0;
    append(&major, 4), append(&minor, 4), append(&revision, 4), append(&seen, seen_bytes);
    append(values.data(), values.size() * sizeof(float));
    ASSERT_TRUE(write_file(path_, std::string_view(bytes).substr(0, bytes.size() - cut)).ok());
  }

  std::filesystem::path path_ = testing::TempDir() + "/octet_" + std::to_string(::getpid()) + ".weights";
};

TEST_F(Weights, HandsOutTheFloatsInOrder) {
  write(0, 2, 77, 8, {1, 2, 3});
  auto file = WeightsFile::open(path_);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_TRUE(file->require_floats(3).ok());
  EXPECT_EQ(file->take(1)[0], 1);
  EXPECT_TRUE(file->take(0).empty());
  const auto rest = file->take(2);
  EXPECT_EQ(rest[0], 2);
  EXPECT_EQ(rest[1], 3);
}

TEST_F(Weights, OlderVersionsHaveAShorterHeader) {
  write(0, 1, 5, 4, {4, 8});
  auto file = WeightsFile::open(path_);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_TRUE(file->require_floats(2).ok());
  EXPECT_EQ(file->take(2)[1], 8);
}

TEST_F(Weights, AnotherSizeIsRefusedWithBothNumbers) {
  write(0, 2, 0, 8, {1, 2, 3});
  auto file = WeightsFile::open(path_);
  EXPECT_EQ(file->require_floats(4).error().message,
            path_.string() + ": has 32 bytes where the cfg asks for 36: cut short, or weights of another network");
  EXPECT_EQ(file->require_floats(2).error().message,
            path_.string() + ": has 32 bytes where the cfg asks for 28: too long, or weights of another network");
}

TEST_F(Weights, BytesThatAreNoWholeFloatAreRefused) {
  write(0, 2, 0, 8, {1, 2, 3}, 1);
  EXPECT_FALSE(WeightsFile::open(path_)->require_floats(2).ok());
  EXPECT_FALSE(WeightsFile::open(path_)->require_floats(3).ok());
}

TEST_F(Weights, AFileWithoutAHeaderIsRefused) {
  for (std::size_t bytes = 0; bytes < 20; ++bytes) {
    write(0, 2, 0, 8, {}, 20 - bytes);
    const auto file = WeightsFile::open(path_);
    ASSERT_FALSE(file.ok()) << bytes;
    EXPECT_EQ(file.error().code, ErrorCode::kMalformed);
    EXPECT_NE(file.error().message.find(path_.string() + ": has " + std::to_string(bytes) + " bytes"), std::string::npos)
        << file.error().message;
  }
}

TEST_F(Weights, AnImpossibleVersionIsRefused) {
  write(1701999, 2, 0, 8, {1});
  EXPECT_EQ(WeightsFile::open(path_).error().message, path_.string() + ": is no Darknet weights file: its version reads 1701999.2");
}

TEST_F(Weights, AnAbsentFileIsNamed) {
  const auto file = WeightsFile::open(path_);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_NE(file.error().message.find(path_.string()), std::string::npos);
}

}  // namespace
}  // namespace octet::darknet
