#include "zoo/entry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace octet {
namespace {

constexpr const char* kWhole = R"(
description: A detector
framework: darknet
task_type: detection
license: https://example.org/licence
aliases: [other]
files:
  - name: a.cfg
    role: source
    size: 12
    checksum: AB00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000cd
    source: https://example.org/a.cfg
  - name: data/a.weights
    role: weights
input_info:
  - name: image
    shape: [1, 3, 300, 300]
    layout: NCHW
model_info:
  octet_nms_iou: 0.6
  octet_clip: YES
  octet_labels: [person, traffic light, 'a "b" \']
)";

std::string error_of(const std::string& yaml) {
  const auto entry = parse_zoo_entry(yaml, "model");
  if (entry.ok()) return "no error";
  EXPECT_EQ(entry.error().code, ErrorCode::kMalformed);
  return entry.error().message;
}

TEST(ParseZooEntry, ReadsEveryKey) {
  std::string warnings;
  const auto entry = parse_zoo_entry(kWhole, "model", [&](std::string_view said) { warnings += said; });
  ASSERT_TRUE(entry.ok()) << entry.error().message;
  EXPECT_EQ(warnings, "");
  EXPECT_EQ(entry->name, "model");
  EXPECT_EQ(entry->aliases, std::vector<std::string>{"other"});
  EXPECT_EQ(entry->source().name, "a.cfg");
  EXPECT_EQ(entry->source().size_bytes, 12);
  EXPECT_EQ(entry->source().sha384, "ab" + std::string(92, '0') + "cd");
  EXPECT_EQ(entry->source().url, "https://example.org/a.cfg");
  ASSERT_NE(entry->weights(), nullptr);
  EXPECT_EQ(entry->weights()->name, "data/a.weights");
  EXPECT_FALSE(entry->weights()->size_bytes.has_value());
}

TEST(ParseZooEntry, KeepsModelInfoAsTextAndLabelsInBothForms) {
  const auto info = parse_zoo_entry(kWhole, "model").value().model_info;
  EXPECT_EQ(info.at("octet_nms_iou"), "0.6");
  EXPECT_EQ(info.at("octet_clip"), "YES");
  EXPECT_EQ(info.at("octet_labels"), R"(["person","traffic light","a \"b\" \\"])");
  EXPECT_EQ(info.at("labels"), R"(person traffic_light a_"b"_\)");
}

TEST(ParseZooEntry, WarnsOfKeysThatNobodyReads) {
  std::vector<std::string> warnings;
  const auto entry = parse_zoo_entry("framework: tf\nfrmework: x\nfiles:\n  - {name: a.pb, role: source, sise: 1}\n", "model",
                                     [&](std::string_view said) { warnings.emplace_back(said); });
  EXPECT_TRUE(entry.ok());
  EXPECT_EQ(warnings, (std::vector<std::string>{"a.pb: nobody reads the key 'sise'", "model: nobody reads the key 'frmework'"}));
}

TEST(ParseZooEntry, NamesLineAndFault) {
  const std::string file = "framework: tf\nfiles:\n  - name: a.pb\n    role: source\n";
  EXPECT_EQ(error_of(file), "no error");
  EXPECT_EQ(error_of("framework: tf\n"), "line 1: lacks the key 'files'");
  EXPECT_EQ(error_of("files:\n  - {name: [a.pb], role: source}\n"), "line 2: 'name' must be text");
  EXPECT_EQ(error_of("framework: tf\nfiles: 3\n"), "line 2: 'files' must be a list");
  EXPECT_EQ(error_of("framework: tf\nfiles:\n  - name: a.pb\n"), "line 3: one file must have 'role: source'");
  EXPECT_EQ(error_of("framework: tf\nfiles:\n  - a.pb\n"), "line 3: a file must be a map with a 'name'");
  EXPECT_EQ(error_of(file + "  - name: a.pb\n"), "line 5: file a.pb is listed twice");
  EXPECT_EQ(error_of(file + "    size: many\n"), "line 5: size of a.pb must be a whole number");
  EXPECT_EQ(error_of(file + "    size: -1\n"), "line 5: size of a.pb must be a whole number");
  EXPECT_EQ(error_of(file + "    checksum: 12ab\n"), "line 5: checksum of a.pb must be a SHA-384 of 96 hexadecimal digits");
  EXPECT_EQ(error_of("framework: tf\nfiles:\n  - name: a.pb\n    role: sauce\n"), "line 4: role 'sauce' is unknown (source, weights)");
  EXPECT_EQ(error_of(file + "name: b\n"), "line 5: the key 'name' is not allowed, the file's name says it");
  EXPECT_EQ(error_of(file + "model_info: 3\n"), "line 5: 'model_info' must be a map");
  EXPECT_EQ(error_of(file + "model_info:\n  a: {b: 1}\n"), "line 6: 'a' of 'model_info' must be text");
}

TEST(ParseZooEntry, RefusesPathsThatLeaveTheFolder) {
  for (const std::string path : {"../a.pb", "/etc/passwd", "a/../../b", ""}) {
    const std::string said = error_of("framework: tf\nfiles:\n  - {name: '" + path + "', role: source}\n");
    EXPECT_NE(said.find("leaves its folder"), std::string::npos) << said;
  }
}

TEST(ParseZooEntry, RefusesNamesThatAreNoFileNames) {
  for (const std::string name : {"", "..", ".hidden", "a/b", "a b", "a\nb"}) EXPECT_FALSE(parse_zoo_entry(kWhole, name).ok()) << name;
}

TEST(ParseZooEntry, RefusesWhatIsNoYaml) {
  EXPECT_EQ(error_of("framework: [tf\nfiles: x"), "line 2: end of sequence flow not found");
  EXPECT_EQ(error_of(""), "is no model description: a map with 'files'");
  EXPECT_EQ(error_of("just words"), "line 1: is no model description: a map with 'files'");
  EXPECT_NE(error_of(std::string(100000, '[')), "no error");
  EXPECT_NE(error_of(std::string("\0\x01\xFF\xFE", 4)), "no error");
}

TEST(ParseZooEntry, SurvivesACutAnywhere) {
  const std::string whole = kWhole;
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const auto entry = parse_zoo_entry(whole.substr(0, bytes), "model");
    if (entry.ok())
      EXPECT_EQ(entry->source().name, "a.cfg") << bytes;
    else
      EXPECT_EQ(entry.error().code, ErrorCode::kMalformed) << bytes;
  }
}

TEST(ReadZooEntry, TakesTheNameFromTheFileAndNamesItInErrors) {
  const std::filesystem::path path = testing::TempDir() + "/octet-zoo-" + std::to_string(::getpid()) + ".yml";
  ASSERT_TRUE(write_file(path, kWhole).ok());
  EXPECT_EQ(read_zoo_entry(path).value().name, path.stem().string());
  ASSERT_TRUE(write_file(path, "framework: tf\n").ok());
  EXPECT_EQ(read_zoo_entry(path).error().message, path.string() + ": line 1: lacks the key 'files'");
  std::filesystem::remove(path);
  EXPECT_EQ(read_zoo_entry(path).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace octet
