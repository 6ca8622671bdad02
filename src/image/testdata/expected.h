#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace octet {

inline std::string testdata_path(const std::string& name) { return OCTET_SOURCE_DIR "/src/image/testdata/" + name; }

inline std::vector<std::byte> testdata_bytes(const std::string& name) {
  std::ifstream file(testdata_path(name), std::ios::binary);
  EXPECT_TRUE(file) << name;
  const std::string content(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(content));
  return {bytes.begin(), bytes.end()};
}

// One line of expected.txt: what was done to which picture, the size of the result, a hash of its bytes.
struct Expected {
  std::string what, file;
  int width = 0, height = 0;
  std::uint64_t hash = 0;
};

inline std::vector<Expected> expected_results() {
  std::ifstream lines(testdata_path("expected.txt"));
  std::vector<Expected> results;
  for (Expected line; lines >> line.what >> line.file >> line.width >> line.height >> std::hex >> line.hash >> std::dec;)
    results.push_back(line);
  return results;
}

inline std::uint64_t fnv1a(std::span<const std::byte> bytes) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const std::byte byte : bytes) value = (value ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3;
  return value;
}

}  // namespace octet
