#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace octet {

// A file as it was, under a path that its owner gives a meaning.
struct RecordedFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;  // empty: it could not be read

  bool operator==(const RecordedFile&) const = default;
};

// What lies at `place`, by the name of `path`. kNotFound where it cannot be read.
Result<RecordedFile> record_file(std::string path, const std::filesystem::path& place);

// How the file at `place` differs from what was recorded, in words that follow its name: "is missing", "has 12 bytes for 13",
// "has another content". Nothing where it is the same. A file that could not be read then is not compared.
std::optional<std::string> difference_of(const RecordedFile& recorded, const std::filesystem::path& place);

}  // namespace octet
