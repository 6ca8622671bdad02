#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// One file of a published model.
struct ZooFile {
  enum class Role { kSource, kWeights, kOther };

  std::string name;  // relative path below the model's folder
  Role role = Role::kOther;
  std::optional<std::int64_t> size_bytes;  // where it is stated
  std::string sha384;                      // 96 hexadecimal digits, or empty where it is not stated
  std::string url;                         // of the file, or of the archive that holds it as `member`
  std::string member;
};

// What octet needs of zoo/<name>.yml, which describes a published model. The keys are those of the Open Model Zoo's model.yml, of which
// some are for people alone, with `role`, `member` and `aliases` added; model_info holds keys of docs/model_info.md, to be put over what
// the source tells.
struct ZooEntry {
  std::string name;  // letters, digits, '.', '_' and '-'
  std::vector<std::string> aliases;
  std::vector<ZooFile> files;  // one is the source, at most one the weights
  ModelInfo model_info;

  const ZooFile& source() const;
  const ZooFile* weights() const;  // null if the source holds them
};

// An entry from YAML text; `name` is its name. `warn` is told of keys that nobody reads. kMalformed, with the line where
// there is one, for what is no entry.
Result<ZooEntry> parse_zoo_entry(std::string_view yaml, const std::string& name, const Warn& warn = {});

// The same from a file, whose stem is the name.
Result<ZooEntry> read_zoo_entry(const std::filesystem::path& path, const Warn& warn = {});

}  // namespace octet
