#include "formats/npz/npz.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/files.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using Arrays = std::map<std::string, Tensor>;

fs::path recorded(const char* name) { return fs::path(OCTET_SOURCE_DIR "/src/formats/npz/testdata") / name; }

std::vector<std::byte> content_of(const fs::path& path) {
  const auto file = MappedFile::open(path);
  return {file.value().bytes().begin(), file.value().bytes().end()};
}

class Npz : public ::testing::Test {
 protected:
  Npz() : folder_(fs::temp_directory_path() / ("octet-npz-" + std::to_string(::getpid()))) { fs::create_directories(folder_); }
  ~Npz() override { fs::remove_all(folder_); }
  fs::path folder_;
};

template <typename T>
Tensor ramp() {
  std::vector<T> values;
  for (int i = 0; i < 24; ++i) values.push_back(static_cast<T>(i));
  return Tensor::of<T>({2, 3, 4}, values);
}

bool is_same(const Tensor& a, const Tensor& b) {
  return a.type() == b.type() && a.shape() == b.shape() && std::ranges::equal(a.bytes(), b.bytes());
}

bool are_same(const Arrays& a, const Arrays& b) {
  return std::ranges::equal(
      a, b, [](const auto& one, const auto& other) { return one.first == other.first && is_same(one.second, other.second); });
}

void expect_recorded(const Arrays& arrays) {
  EXPECT_EQ(arrays.size(), 15u);
  EXPECT_TRUE(is_same(arrays.at("float32"), ramp<float>()));
  EXPECT_TRUE(is_same(arrays.at("fortran"), ramp<float>()));
  EXPECT_TRUE(is_same(arrays.at("float64"), ramp<double>()));
  EXPECT_TRUE(is_same(arrays.at("int8"), ramp<std::int8_t>()));
  EXPECT_TRUE(is_same(arrays.at("uint8"), ramp<std::uint8_t>()));
  EXPECT_TRUE(is_same(arrays.at("int16"), ramp<std::int16_t>()));
  EXPECT_TRUE(is_same(arrays.at("uint16"), ramp<std::uint16_t>()));
  EXPECT_TRUE(is_same(arrays.at("int32"), ramp<std::int32_t>()));
  EXPECT_TRUE(is_same(arrays.at("uint32"), ramp<std::uint32_t>()));
  EXPECT_TRUE(is_same(arrays.at("int64"), ramp<std::int64_t>()));
  EXPECT_TRUE(is_same(arrays.at("uint64"), ramp<std::uint64_t>()));
  EXPECT_EQ(arrays.at("float16").type(), ElementType::kF16);
  EXPECT_EQ(arrays.at("float16").bytes()[3], std::byte{0x3c});  // 1.0
  EXPECT_TRUE(is_same(arrays.at("scalar"), Tensor::scalar(2.5f)));
  EXPECT_TRUE(is_same(arrays.at("empty"), Tensor(ElementType::kI64, {0, 3})));
  EXPECT_EQ(arrays.at("bool").bytes()[3], std::byte{1});
  EXPECT_EQ(arrays.at("bool").bytes()[4], std::byte{0});
}

TEST_F(Npz, ReadsWhatNumPyStores) {
  const auto arrays = read_npz(recorded("stored.npz"));
  ASSERT_TRUE(arrays.ok()) << arrays.error().message;
  expect_recorded(*arrays);
}

TEST_F(Npz, ReadsWhatNumPyCompresses) {
  const auto arrays = read_npz(recorded("deflated.npz"));
  ASSERT_TRUE(arrays.ok()) << arrays.error().message;
  expect_recorded(*arrays);
}

TEST_F(Npz, ReadsASingleArray) {
  const auto arrays = read_npz(recorded("single.npy"));
  ASSERT_TRUE(arrays.ok()) << arrays.error().message;
  EXPECT_TRUE(is_same(arrays->at("arr_0"), ramp<float>()));
}

TEST_F(Npz, RefusesWhatItCannotRepresent) {
  for (const char* name : {"big_endian.npz", "objects.npz"}) {
    const auto arrays = read_npz(recorded(name));
    ASSERT_FALSE(arrays.ok());
    EXPECT_EQ(arrays.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(arrays.error().message.find("member 'x.npy'"), std::string::npos) << arrays.error().message;
  }
  EXPECT_EQ(read_npz(folder_ / "absent.npz").error().code, ErrorCode::kNotFound);
}

// mixed.npz holds text, objects and numbers.
TEST_F(Npz, ReadsWhatIsWantedBesideWhatItCannotRepresent) {
  const auto arrays = read_npz(recorded("mixed.npz"), {{"y", "z"}});
  ASSERT_TRUE(arrays.ok()) << arrays.error().message;
  EXPECT_TRUE(are_same(*arrays, {{"y", ramp<float>()}}));
  const auto refused = read_npz(recorded("mixed.npz"), {{"text"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("member 'text.npy'"), std::string::npos) << refused.error().message;
}

TEST_F(Npz, ReadsBackWhatItWrites) {
  EXPECT_TRUE(rc::check([&] {
    Arrays arrays;
    const auto count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) {
      const auto type = static_cast<ElementType>(*rc::gen::inRange(0, 11));  // bytes of a boolean, the last one, are 0 or 1
      auto shape = *rc::gen::container<Shape>(rc::gen::inRange<std::int64_t>(0, 4));
      if (shape.size() > 4) shape.resize(4);
      Tensor array(type, shape);
      for (std::size_t b = 0; b < array.bytes().size(); ++b) array.mutable_bytes()[b] = static_cast<std::byte>(b * 37);
      arrays["array " + std::to_string(i)] = array;
    }
    const fs::path path = folder_ / "round.npz";
    RC_ASSERT(write_npz(path, arrays).ok());
    RC_ASSERT(are_same(read_npz(path).value(), arrays));
  }));
}

TEST_F(Npz, WritesTheSameBytesEveryTime) {
  const Arrays arrays{{"x", ramp<float>()}, {"a", ramp<std::int8_t>()}};
  ASSERT_TRUE(write_npz(folder_ / "one.npz", arrays).ok());
  ASSERT_TRUE(write_npz(folder_ / "two.npz", arrays).ok());
  EXPECT_EQ(content_of(folder_ / "one.npz"), content_of(folder_ / "two.npz"));
}

TEST_F(Npz, IsNotWrittenWithoutArrays) {
  EXPECT_EQ(write_npz(folder_ / "none.npz", {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(parse_npz({}).ok());
}

TEST_F(Npz, RefusesToWriteANameThatIsTooLong) {
  EXPECT_EQ(write_npz(folder_ / "long.npz", {{std::string(1001, 'x'), ramp<float>()}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(fs::exists(folder_ / "long.npz"));
}

TEST_F(Npz, CutAnywhereIsAnError) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const auto content = content_of(recorded(name));
    for (std::size_t length = 0; length < content.size(); ++length)
      EXPECT_FALSE(parse_npz(std::span(content).first(length)).ok()) << name << " cut at " << length;
  }
  const auto content = content_of(recorded("single.npy"));
  for (std::size_t length = 0; length < content.size(); ++length) EXPECT_FALSE(parse_npy(std::span(content).first(length)).ok()) << length;
}

TEST_F(Npz, AnyChangedByteIsReadOrRefused) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    auto content = content_of(recorded(name));
    const auto whole = parse_npz(content);
    ASSERT_TRUE(whole.ok()) << name;
    const auto is_recorded = [&](const auto& read) {
      return std::any_of(whole->begin(), whole->end(), [&](const auto& array) { return is_same(array.second, read.second); });
    };
    for (std::size_t at = 0; at < content.size(); at += 3) {
      const std::byte before = content[at];
      content[at] ^= std::byte{0xff};
      const auto read = parse_npz(content);
      EXPECT_TRUE(!read.ok() || std::all_of(read->begin(), read->end(), is_recorded)) << name << ", byte " << at;
      content[at] = before;
    }
  }
}

TEST_F(Npz, NoticesDamage) {
  auto content = content_of(recorded("stored.npz"));
  content[content.size() / 8] ^= std::byte{1};
  EXPECT_FALSE(parse_npz(content).ok());
}

TEST_F(Npz, RefusesAnArchiveBeyondTheLimit) {
  const auto content = content_of(recorded("stored.npz"));
  const auto arrays = parse_npz(content, {}, 1000);
  ASSERT_FALSE(arrays.ok());
  EXPECT_NE(arrays.error().message.find("more than"), std::string::npos);
}

// A deflated member whose directory entry claims more than its bytes can unpack to, or than they do.
TEST_F(Npz, RefusesAMemberThatClaimsTooMuch) {
  const auto original = content_of(recorded("deflated.npz"));
  std::size_t entry = 0;
  for (std::size_t i = 0; i + 4 < original.size() && !entry; ++i)
    if (std::memcmp(&original[i], "PK\1\2", 4) == 0) entry = i;
  for (const std::uint32_t claim : {0x7fffffffu, 100000u, 10u}) {
    auto content = original;
    std::memcpy(&content[entry + 24], &claim, sizeof claim);
    EXPECT_FALSE(parse_npz(content).ok()) << claim;
  }
}

std::vector<std::byte> npy(std::string header, std::size_t value_bytes) {
  std::string file = std::string("\x93NUMPY\x01") + '\0' + static_cast<char>(header.size()) + '\0' + header + std::string(value_bytes, 'x');
  std::vector<std::byte> bytes(file.size());
  std::memcpy(bytes.data(), file.data(), file.size());
  return bytes;
}

TEST(Npy, ChecksTheHeader) {
  EXPECT_TRUE(parse_npy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8)).ok());
  EXPECT_TRUE(parse_npy(npy("{\"shape\":(),'fortran_order':True,'descr':'<f4'}", 4)).ok());
  for (const char* bad :
       {"", "{", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296,2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "{'descr': [('a', '<f4')], 'shape': (2,)}"})
    EXPECT_FALSE(parse_npy(npy(bad, 8)).ok()) << bad;
}

}  // namespace
}  // namespace octet
