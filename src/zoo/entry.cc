#include "zoo/entry.h"

#include <algorithm>
#include <initializer_list>

#include "base/files.h"
#include "model/model_info.h"
#include "model/yaml.h"

namespace octet {
namespace {

constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
constexpr std::size_t kSha384Digits = 96;

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !text.empty() && text[0] != '.' && std::all_of(text.begin(), text.end(), allowed);
}

void warn_of_unknown_keys(const YAML::Node& map, std::initializer_list<std::string_view> known, const std::string& where,
                          const Warn& warn) {
  for (const auto& pair : map) {
    const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "?";
    if (warn && std::find(known.begin(), known.end(), key) == known.end()) warn(where + ": nobody reads the key '" + key + "'");
  }
}

Result<std::string> read_text_value(const YAML::Node& map, const char* key, bool required) {
  const YAML::Node value = map[key];
  if (!value) return required ? Result<std::string>(yaml_error(map, "lacks the key '" + std::string(key) + "'")) : std::string();
  if (!value.IsScalar()) return yaml_error(value, "'" + std::string(key) + "' must be text");
  return value.Scalar();
}

Result<std::int64_t> read_count(const YAML::Node& value, const std::string& what) {
  std::int64_t count = 0;
  if (!value.IsScalar() || !YAML::convert<std::int64_t>::decode(value, count) || count < 0)
    return yaml_error(value, what + " must be a whole number");
  return count;
}

Result<ZooFile::Role> read_role(const YAML::Node& node) {
  OCTET_ASSIGN(const std::string role, read_text_value(node, "role", false));
  if (role == "source") return ZooFile::Role::kSource;
  if (role == "weights") return ZooFile::Role::kWeights;
  if (role.empty()) return ZooFile::Role::kOther;
  return yaml_error(node["role"], "role '" + role + "' is unknown (source, weights)");
}

bool is_sha384(std::string_view text) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kSha384Digits && std::all_of(text.begin(), text.end(), digit);
}

Result<ZooFile> read_file_entry(const YAML::Node& node, const Warn& warn) {
  if (!node.IsMap()) return yaml_error(node, "a file must be a map with a 'name'");
  ZooFile file;
  OCTET_ASSIGN(file.name, read_text_value(node, "name", true));
  if (auto inside = path_inside("", file.name); !inside.ok()) return yaml_error(node, inside.error().message);
  OCTET_ASSIGN(file.role, read_role(node));
  if (const YAML::Node size = node["size"]) {
    OCTET_ASSIGN(file.size_bytes, read_count(size, "size of " + file.name));
  }
  OCTET_ASSIGN(file.sha384, read_text_value(node, "checksum", false));
  std::transform(file.sha384.begin(), file.sha384.end(), file.sha384.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? char(c + 32) : c; });
  if (!file.sha384.empty() && !is_sha384(file.sha384))
    return yaml_error(node["checksum"], "checksum of " + file.name + " must be a SHA-384 of 96 hexadecimal digits");
  OCTET_ASSIGN(file.url, read_text_value(node, "source", false));
  OCTET_ASSIGN(file.member, read_text_value(node, "member", false));
  warn_of_unknown_keys(node, {"name", "role", "size", "checksum", "source", "original_source", "member"}, file.name, warn);
  return file;
}

Status read_files(const YAML::Node& list, ZooEntry& entry, const Warn& warn) {
  if (!list.IsSequence()) return yaml_error(list, "'files' must be a list");
  for (const YAML::Node& item : list) {
    OCTET_ASSIGN(ZooFile file, read_file_entry(item, warn));
    for (const ZooFile& other : entry.files)
      if (other.name == file.name) return yaml_error(item, "file " + file.name + " is listed twice");
    entry.files.push_back(std::move(file));
  }
  const auto count = [&](ZooFile::Role role) {
    return std::count_if(entry.files.begin(), entry.files.end(), [&](const ZooFile& file) { return file.role == role; });
  };
  if (count(ZooFile::Role::kSource) != 1) return yaml_error(list, "one file must have 'role: source'");
  if (count(ZooFile::Role::kWeights) > 1) return yaml_error(list, "more than one file has 'role: weights'");
  return {};
}

Result<ZooEntry> read_entry(const YAML::Node& root, const std::string& name, const Warn& warn) {
  if (!root.IsMap()) return yaml_error(root, "is no model description: a map with 'files'");
  for (const char* key : {"name", "subdirectory"})
    if (root[key]) return yaml_error(root[key], "the key '" + std::string(key) + "' is not allowed, the file's name says it");
  ZooEntry entry;
  entry.name = name;
  OCTET_ASSIGN(entry.aliases, texts_from_yaml(root["aliases"], "'aliases'"));
  if (!root["files"]) return yaml_error(root, "lacks the key 'files'");
  OCTET_RETURN_IF_ERROR(read_files(root["files"], entry, warn));
  OCTET_ASSIGN(entry.model_info, model_info_from_yaml(root["model_info"]));
  for (const auto& [key, value] : entry.model_info)
    if (warn && !is_model_info_key(key)) warn(name + ": nobody reads the key '" + key + "' of 'model_info'");
  warn_of_unknown_keys(root, {"description", "task_type", "framework", "license", "aliases", "files", "input_info", "model_info"}, name,
                       warn);
  return entry;
}

}  // namespace

const ZooFile& ZooEntry::source() const {
  const auto found = std::find_if(files.begin(), files.end(), [](const ZooFile& file) { return file.role == ZooFile::Role::kSource; });
  OCTET_CHECK(found != files.end(), "an entry without a source");
  return *found;
}

const ZooFile* ZooEntry::weights() const {
  for (const ZooFile& file : files)
    if (file.role == ZooFile::Role::kWeights) return &file;
  return nullptr;
}

Result<ZooEntry> parse_zoo_entry(std::string_view yaml, const std::string& name, const Warn& warn) {
  if (!is_name(name)) return Error{ErrorCode::kMalformed, "'" + name + "' is no model name: letters, digits, '.', '_' and '-'"};
  try {
    return read_entry(YAML::Load(std::string(yaml)), name, warn);
  } catch (const YAML::Exception& broken) {  // yaml-cpp throws where the text is no YAML
    return Error{ErrorCode::kMalformed, "line " + std::to_string(broken.mark.line + 1) + ": " + broken.msg};
  }
}

Result<ZooEntry> read_zoo_entry(const std::filesystem::path& path, const Warn& warn) {
  OCTET_ASSIGN(const std::string yaml, read_text(path, kMaxYamlBytes));
  OCTET_ASSIGN_AT(ZooEntry entry, parse_zoo_entry(yaml, path.stem().string(), warn), path.string());
  return entry;
}

}  // namespace octet
