#include "zoo/map_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/parse_number.h"
#include "model/yaml.h"

namespace octet::zoo {
namespace {

// A value as Python prints it.
std::string shown(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map";
  if (node.IsNull()) return "None";
  return is_text(node) ? "'" + node.Scalar() + "'" : node.Scalar();
}

}  // namespace

bool contains(std::span<const std::string_view> words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

Error malformed(const std::string& what) { return {ErrorCode::kMalformed, what}; }

std::string line_of(const YAML::Node& node) { return node.Mark().is_null() ? "" : fmt::format(" (line {})", node.Mark().line + 1); }

Error expected(const YAML::Node& node, const std::string& key, const std::string& what) {
  return malformed(fmt::format("{}: expected {}, got {}{}", key, what, shown(node), line_of(node)));
}

Status MapReader::check(const std::string& what) const {
  return map_.IsMap() ? Status() : malformed(fmt::format("{}: expected a map, got {}{}", what, shown(map_), line_of(map_)));
}

Result<YAML::Node> MapReader::require(const char* key) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return malformed(fmt::format("lacks the key \"{}\"{}", key, line_of(map_)));
  return value;
}

Result<std::string> MapReader::text(const char* key) const {
  OCTET_ASSIGN(const YAML::Node value, require(key));
  if (!is_text(value)) return expected(value, quoted(key), "a string");
  return value.Scalar();
}

Result<std::string> MapReader::one_of(const char* key, std::span<const std::string_view> words) const {
  OCTET_ASSIGN(std::string word, text(key));
  if (!contains(words, word)) return expected(find(key), quoted(key), fmt::format("one of {}", fmt::join(words, ", ")));
  return word;
}

Result<std::int64_t> MapReader::count(const char* key, std::int64_t most) const {
  OCTET_ASSIGN(const YAML::Node value, require(key));
  const auto number = value.IsScalar() && !is_text(value) ? parse_number<std::int64_t>(value.Scalar()) : std::nullopt;
  if (!number || *number < 0 || *number > most) return expected(value, quoted(key), "a non-negative integer");
  return *number;
}

Result<std::string> MapReader::relative_path(const char* key) const {
  OCTET_ASSIGN(std::string path, text(key));
  if (!path_inside("", path).ok()) return malformed(quoted(key) + ": disallowed absolute path or parent traversal");
  return path;
}

Result<std::vector<std::string>> MapReader::texts(const char* key) const {
  std::vector<std::string> found;
  const YAML::Node list = find(key);
  if (!list.IsDefined()) return found;
  if (!list.IsSequence()) return expected(list, quoted(key), "a list");
  for (const YAML::Node& item : list) {
    if (!is_text(item)) return expected(item, fmt::format("\"{}\" #{}", key, found.size()), "a string");
    found.push_back(item.Scalar());
  }
  return found;
}

void MapReader::warn_of_other_keys(std::span<const std::string_view> known, const std::string& where) const {
  if (form_ != ModelForm::kOctet || !warn_) return;
  for (const auto& pair : map_)
    if (const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "?"; !contains(known, key))
      warn_(fmt::format("{}: nobody reads the key '{}'{}", where, key, line_of(pair.first)));
}

std::string MapReader::quoted(const char* key) { return fmt::format("\"{}\"", key); }

}  // namespace octet::zoo
