// Checkpoints of tests/testdata/tiny_keras_yolo, which TensorFlow wrote, whole and damaged.
#include "formats/tensorflow/checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "formats/tensorflow/checkpoint.pb.h"
#include "formats/tensorflow/sorted_table.h"

namespace octet::tensorflow {
namespace {

namespace fs = std::filesystem;

const fs::path kVariables = OCTET_SOURCE_DIR "/tests/testdata/tiny_keras_yolo/saved_model/variables";
const std::string kKernel = "weights/0/.ATTRIBUTES/VARIABLE_VALUE";  // of the first convolution, [3,3,3,8]

std::string bytes_of(const fs::path& path) {
  auto text = read_text(path);
  EXPECT_TRUE(text.ok()) << path;
  return text.ok() ? *text : std::string();
}

Result<std::map<std::string, std::string_view>> parse(const std::string& bytes) {
  return read_sorted_table(std::as_bytes(std::span(bytes)));
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string fixed32(std::uint32_t value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

struct Entry {
  std::uint64_t shared;
  std::string rest, value;
};

std::string block_of(const std::vector<Entry>& entries, char compression = 0) {
  std::string bytes;
  for (const Entry& entry : entries)
    bytes += varint(entry.shared) + varint(entry.rest.size()) + varint(entry.value.size()) + entry.rest + entry.value;
  return bytes + fixed32(0) + fixed32(1) + compression + fixed32(0);
}

constexpr std::size_t kTrailer = 5;

std::string footer_of(std::uint64_t offset, std::uint64_t size) {
  std::string footer = varint(0) + varint(0) + varint(offset) + varint(size);
  footer.resize(40);
  return footer + fixed32(0x8b80fb57) + fixed32(0xdb477524);
}

// A table with one data block, `times` times in the index.
std::string table_of(const std::string& data, std::size_t times = 1) {
  std::vector<Entry> index;
  for (std::size_t i = 0; i < times; ++i) index.push_back({0, "k", varint(0) + varint(data.size() - kTrailer)});
  const std::string block = block_of(index);
  return data + block + footer_of(data.size(), block.size() - kTrailer);
}

TEST(SortedTable, ReadsKeysThatShareTheirBeginnings) {
  const std::string bytes = table_of(block_of({{0, "", "header"}, {0, "abc", "1"}, {2, "d", ""}, {0, "b", "22"}}));
  const auto table = parse(bytes);
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(*table, (std::map<std::string, std::string_view>{{"", "header"}, {"abc", "1"}, {"abd", ""}, {"b", "22"}}));
}

TEST(SortedTable, RefusesSizesThatLie) {
  const std::string data = block_of({{0, "a", "1"}});
  for (const auto& [offset, size] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 1 << 20}, {1 << 20, 1}, {~std::uint64_t{0}, 2}, {1, ~std::uint64_t{0}}, {0, 3}})
    EXPECT_FALSE(parse(data + footer_of(offset, size)).ok()) << offset << " " << size;
  EXPECT_FALSE(parse(table_of(block_of({{1, "a", "1"}}))).ok()) << "shares more than there is";
  std::string restarts = table_of(data);
  std::memcpy(&restarts[data.size() - kTrailer - 4], "\xff\xff\xff\xff", 4);
  EXPECT_FALSE(parse(restarts).ok());
  std::string entry = table_of(data);
  entry[2] = '\x7f';  // length of the value
  EXPECT_FALSE(parse(entry).ok());
}

TEST(SortedTable, RefusesTheSameBlockWithoutEnd) {
  const std::string data = block_of({{0, "key", std::string(1000, 'x')}});
  EXPECT_FALSE(parse(table_of(data, 100)).ok());
}

TEST(SortedTable, RefusesCompressedBlocks) {
  const auto table = parse(table_of(block_of({{0, "a", "1"}}, 1)));
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, ErrorCode::kUnsupported);
}

TEST(SortedTable, RefusesAFileCutAnywhere) {
  const std::string bytes = bytes_of(kVariables / "variables.index");
  ASSERT_TRUE(parse(bytes).ok()) << parse(bytes).error().message;
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse(bytes.substr(0, size)).ok()) << size;
}

class CheckpointFiles : public testing::Test {
 protected:
  CheckpointFiles() {
    std::string pattern = (fs::temp_directory_path() / "octet-checkpoint-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    for (const char* name : {"variables.index", "variables.data-00000-of-00001"}) fs::copy_file(kVariables / name, folder_ / name);
  }
  ~CheckpointFiles() override { fs::remove_all(folder_); }

  Result<Tensor> read(const std::string& key) {
    OCTET_ASSIGN(Checkpoint checkpoint, Checkpoint::open(folder_ / "variables"));
    return checkpoint.read(key);
  }

  // An index with this entry for "v" in so many shards.
  void write_index(const proto::BundleEntry& entry, int shards = 1) {
    proto::BundleHeader header;
    header.set_num_shards(shards);
    const std::string table = table_of(block_of({{0, "", header.SerializeAsString()}, {0, "v", entry.SerializeAsString()}}));
    ASSERT_TRUE(write_file(folder_ / "variables.index", table).ok());
  }

  fs::path folder_;
};

proto::BundleEntry entry_of(std::int64_t elements, std::int64_t offset, std::int64_t size) {
  proto::BundleEntry entry;
  entry.set_dtype(1);
  entry.mutable_shape()->add_dim()->set_size(elements);
  entry.set_offset(offset);
  entry.set_size(size);
  return entry;
}

TEST_F(CheckpointFiles, GiveTheValuesOfVariables) {
  const auto kernel = read(kKernel);
  ASSERT_TRUE(kernel.ok()) << kernel.error().message;
  EXPECT_EQ(kernel->shape(), (Shape{3, 3, 3, 8}));
  EXPECT_EQ(read("none").error().message, "variable 'none': is not in the checkpoint");
}

TEST_F(CheckpointFiles, RefuseShardsThatAreShorterThanSaid) {
  const fs::path shard = folder_ / "variables.data-00000-of-00001";
  fs::resize_file(shard, 10);
  EXPECT_NE(read(kKernel).error().message.find("in a shard of 10 bytes; it was cut short"), std::string::npos);
  fs::remove(shard);
  EXPECT_EQ(read(kKernel).error().code, ErrorCode::kNotFound);
}

TEST_F(CheckpointFiles, RefuseEntriesThatLie) {
  const auto error_of = [&](const proto::BundleEntry& entry) {
    write_index(entry);
    const auto value = read("v");
    return value.ok() ? "(read)" : value.error().message;
  };
  EXPECT_EQ(error_of(entry_of(2, 0, 8)), "(read)");
  EXPECT_EQ(error_of(entry_of(2, 0, 12)), "variable 'v': has 12 bytes where its shape [2] asks for 8");
  EXPECT_NE(error_of(entry_of(2, std::int64_t{1} << 62, 8)).find("lies at"), std::string::npos);
  EXPECT_EQ(error_of(entry_of(2, -1, 8)), "variable 'v': its record in the index is damaged");
  EXPECT_FALSE(error_of(entry_of(std::int64_t{1} << 62, 0, 8)) == "(read)");
  EXPECT_FALSE(error_of(entry_of(-1, 0, 8)) == "(read)");
  proto::BundleEntry other = entry_of(2, 0, 8);
  other.set_shard_id(1);
  EXPECT_EQ(error_of(other), "variable 'v': lies in shard 1 of 1");
  other = entry_of(2, 0, 8);
  other.set_dtype(7);
  EXPECT_EQ(error_of(other), "variable 'v': is of a type that has no numbers");
  write_index(entry_of(2, 0, 8), 1 << 30);
  EXPECT_FALSE(read("v").ok());
}

}  // namespace
}  // namespace octet::tensorflow
