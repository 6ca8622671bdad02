#include "record/record.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/scratch_folder.h"

namespace octet {
namespace {

const std::string kDigest(64, 'a');

QuantizationRecord sample() {
  QuantizationRecord record;
  record.version = "0.1.0";
  record.cpu = "Example 9000";
  record.isa = "avx2";
  record.model = "../FP32/tiny.xml";
  record.sources = {{"../FP32/tiny.xml", 12, kDigest}, {"../FP32/tiny.bin", 34, kDigest}};
  record.picture_folder = "../../pictures";
  record.pictures = {{"a.jpg", 5, kDigest}, {"of the night/b.jpg", 6, ""}};
  record.options = {{"precision", "FP16"}, {"target", "any"}};
  record.outputs = {{"tiny.bin", 7, kDigest}};
  return record;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_refused(const std::string& text, const std::string& words) {
  const auto record = parse_record(text);
  ASSERT_FALSE(record.ok()) << words;
  EXPECT_EQ(record.error().code, ErrorCode::kMalformed);
  EXPECT_NE(record.error().message.find(words), std::string::npos) << record.error().message;
}

TEST(Record, ComesBackAsItWasWritten) {
  const auto record = parse_record(format_record(sample()));
  ASSERT_TRUE(record.ok()) << record.error().message;
  EXPECT_EQ(*record, sample());
}

TEST(Record, NamesTheKeyThatIsWrong) {
  const std::string text = format_record(sample());
  expect_refused("", "it is no JSON");
  expect_refused("[1, 2]", "is no record of octet");
  expect_refused(R"({"model": "a.xml"})", "'octet_record' is missing");
  expect_refused(replaced(text, "\"isa\"", "\"isb\""), "'isa' is missing");
  expect_refused(replaced(text, "\"avx2\"", "2"), "'isa' is no text");
  expect_refused(replaced(text, "\"bytes\": 34", "\"bytes\": -34"), "'bytes' of sources[1] is no whole number");
  expect_refused(replaced(text, "\"bytes\": 34", "\"bytes\": 1e99"), "'bytes' of sources[1] is no whole number");
  expect_refused(replaced(text, kDigest, "AB"), "'sha256' of sources[0] is no SHA-256");
  expect_refused(replaced(text, "\"FP16\"", "{}"), "'precision' of options is no text");
  expect_refused(replaced(text, "../FP32/tiny.xml", ""), "'model' is empty");
  expect_refused(replaced(text, "../FP32/tiny.xml", std::string(5000, 'x')), "'model' is too long");
  expect_refused(replaced(text, "../FP32/tiny.xml", "a\\u0000b"), "'model' holds a zero byte");
}

TEST(Record, LetsNoPictureAndNoOutputLeaveTheirFolders) {
  const std::string text = format_record(sample());
  for (const char* path : {"../a.jpg", "/a.jpg", "a/../../b.jpg", ""})
    expect_refused(replaced(text, "\"a.jpg\"", '"' + std::string(path) + '"'), "names a file outside of their folder");
  for (const char* path : {"../tiny.bin", "/tiny.bin", "a/tiny.bin", "..", ""})
    expect_refused(replaced(text, "\"tiny.bin\"", '"' + std::string(path) + '"'), "no name of a file");
}

TEST(Record, IsRefusedInAnotherForm) {
  const auto record = parse_record(replaced(format_record(sample()), "\"octet_record\": 1", "\"octet_record\": 2"));
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code, ErrorCode::kUnsupported);
}

TEST(Record, BearsJsonOfAnyDepth) {
  expect_refused(std::string(1'000'000, '['), "it is no JSON");
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  expect_refused(replaced(format_record(sample()), "\"FP16\"", deep), "'precision' of options");
}

TEST(Record, NamesItsFile) {
  const ScratchFolder folder;
  const auto path = folder.write("x.octet.json", "{}");
  const auto record = read_record(path);
  ASSERT_FALSE(record.ok());
  EXPECT_TRUE(record.error().message.starts_with(path.string())) << record.error().message;
  EXPECT_EQ(read_record(folder.path() / "none").error().code, ErrorCode::kNotFound);
}

TEST(RecordedFile, TellsHowAFileDiffers) {
  const ScratchFolder folder;
  const auto path = folder.write("a", "abc");
  const RecordedFile file = *record_file("a", path);
  EXPECT_EQ(file.bytes, 3u);
  EXPECT_EQ(file.sha256, sha256_hex(std::as_bytes(std::span("abc", 3))));
  EXPECT_EQ(difference_of(file, path), std::nullopt);
  folder.write("a", "abd");
  EXPECT_EQ(difference_of(file, path), "has another content");
  folder.write("a", "abcd");
  EXPECT_EQ(difference_of(file, path), "has 4 bytes for 3");
  EXPECT_EQ(difference_of(file, folder.path()), "is missing");
  EXPECT_EQ(difference_of(file, folder.path() / "b"), "is missing");
}

TEST(RecordedFile, ThatCouldNotBeReadIsComparedWithNothing) {
  const ScratchFolder folder;
  EXPECT_EQ(record_file("a", folder.path() / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(difference_of({"a", 0, ""}, folder.path() / "none"), std::nullopt);
}

}  // namespace
}  // namespace octet
