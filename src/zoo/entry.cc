#include "zoo/entry.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>

#include "base/files.h"

namespace octet {
namespace {

constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
constexpr std::size_t kSha384Digits = 96;

Error malformed(const YAML::Node& node, const std::string& what) {
  const YAML::Mark mark = node.Mark();
  const std::string where = mark.is_null() ? "" : "line " + std::to_string(mark.line + 1) + ": ";
  return {ErrorCode::kMalformed, where + what};
}

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
  if (!value) return required ? Result<std::string>(malformed(map, "lacks the key '" + std::string(key) + "'")) : std::string();
  if (!value.IsScalar()) return malformed(value, "'" + std::string(key) + "' must be text");
  return value.Scalar();
}

Result<std::vector<std::string>> read_texts(const YAML::Node& list, const std::string& what) {
  std::vector<std::string> texts;
  if (!list) return texts;
  if (!list.IsSequence()) return malformed(list, what + " must be a list");
  for (const YAML::Node& item : list) {
    if (!item.IsScalar()) return malformed(item, what + " must be a list of texts");
    texts.push_back(item.Scalar());
  }
  return texts;
}

Result<std::int64_t> read_count(const YAML::Node& value, const std::string& what) {
  std::int64_t count = 0;
  if (!value.IsScalar() || !YAML::convert<std::int64_t>::decode(value, count) || count < 0)
    return malformed(value, what + " must be a whole number");
  return count;
}

Result<ZooFile::Role> read_role(const YAML::Node& node) {
  OCTET_ASSIGN(const std::string role, read_text_value(node, "role", false));
  if (role == "source") return ZooFile::Role::kSource;
  if (role == "weights") return ZooFile::Role::kWeights;
  if (role.empty()) return ZooFile::Role::kOther;
  return malformed(node["role"], "role '" + role + "' is unknown (source, weights)");
}

bool is_sha384(std::string_view text) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kSha384Digits && std::all_of(text.begin(), text.end(), digit);
}

Result<ZooFile> read_file_entry(const YAML::Node& node, const Warn& warn) {
  if (!node.IsMap()) return malformed(node, "a file must be a map with a 'name'");
  ZooFile file;
  OCTET_ASSIGN(file.name, read_text_value(node, "name", true));
  if (auto inside = path_inside("", file.name); !inside.ok()) return malformed(node, inside.error().message);
  OCTET_ASSIGN(file.role, read_role(node));
  if (const YAML::Node size = node["size"]) {
    OCTET_ASSIGN(file.size_bytes, read_count(size, "size of " + file.name));
  }
  OCTET_ASSIGN(file.sha384, read_text_value(node, "checksum", false));
  std::transform(file.sha384.begin(), file.sha384.end(), file.sha384.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? char(c + 32) : c; });
  if (!file.sha384.empty() && !is_sha384(file.sha384))
    return malformed(node["checksum"], "checksum of " + file.name + " must be a SHA-384 of 96 hexadecimal digits");
  OCTET_ASSIGN(file.url, read_text_value(node, "source", false));
  OCTET_ASSIGN(file.member, read_text_value(node, "member", false));
  warn_of_unknown_keys(node, {"name", "role", "size", "checksum", "source", "original_source", "member"}, file.name, warn);
  return file;
}

Status read_files(const YAML::Node& list, ZooEntry& entry, const Warn& warn) {
  if (!list.IsSequence()) return malformed(list, "'files' must be a list");
  for (const YAML::Node& item : list) {
    OCTET_ASSIGN(ZooFile file, read_file_entry(item, warn));
    for (const ZooFile& other : entry.files)
      if (other.name == file.name) return malformed(item, "file " + file.name + " is listed twice");
    entry.files.push_back(std::move(file));
  }
  const auto count = [&](ZooFile::Role role) {
    return std::count_if(entry.files.begin(), entry.files.end(), [&](const ZooFile& file) { return file.role == role; });
  };
  if (count(ZooFile::Role::kSource) != 1) return malformed(list, "one file must have 'role: source'");
  if (count(ZooFile::Role::kWeights) > 1) return malformed(list, "more than one file has 'role: weights'");
  return {};
}

Status read_inputs(const YAML::Node& list, ZooEntry& entry) {
  if (!list) return {};
  if (!list.IsSequence()) return malformed(list, "'input_info' must be a list");
  for (const YAML::Node& item : list) {
    if (!item.IsMap()) return malformed(item, "an input must be a map");
    ZooInput input;
    OCTET_ASSIGN(input.name, read_text_value(item, "name", true));
    OCTET_ASSIGN(input.layout, read_text_value(item, "layout", false));
    const YAML::Node shape = item["shape"];
    if (shape && !shape.IsSequence()) return malformed(shape, "'shape' must be a list");
    for (std::size_t i = 0; shape && i < shape.size(); ++i) {
      OCTET_ASSIGN(const std::int64_t side, read_count(shape[i], "shape"));
      input.shape.push_back(side);
    }
    entry.inputs.push_back(std::move(input));
  }
  return {};
}

// A JSON array of strings.
std::string json_array(const std::vector<std::string>& texts) {
  std::string json;
  for (const std::string& text : texts) {
    json += json.empty() ? "[\"" : ",\"";
    for (const char c : text) json += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    json += '"';
  }
  return json.empty() ? "[]" : json + "]";
}

bool prints(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

// Labels as octet keeps them, and with blanks between them for Model API.
Status read_labels(const YAML::Node& list, std::map<std::string, std::string>& info) {
  OCTET_ASSIGN(const std::vector<std::string> labels, read_texts(list, "octet_labels"));
  std::string joined;
  for (std::string label : labels) {
    if (!prints(label)) return malformed(list, "a label has characters that do not print");
    std::replace(label.begin(), label.end(), ' ', '_');
    joined += (joined.empty() ? "" : " ") + label;
  }
  info["octet_labels"] = json_array(labels);
  info["labels"] = joined;
  return {};
}

Status read_model_info(const YAML::Node& map, std::map<std::string, std::string>& info) {
  if (!map) return {};
  if (!map.IsMap()) return malformed(map, "'model_info' must be a map");
  for (const auto& pair : map) {
    if (!pair.first.IsScalar()) return malformed(pair.first, "a key of 'model_info' must be text");
    const std::string key = pair.first.Scalar();
    if (key == "octet_labels") {
      OCTET_RETURN_IF_ERROR(read_labels(pair.second, info));
    } else if (pair.second.IsScalar() && is_name(key)) {
      info[key] = pair.second.Scalar();
    } else {
      return malformed(pair.second, "'" + key + "' of 'model_info' must be text");
    }
  }
  return {};
}

Result<ZooEntry> read_entry(const YAML::Node& root, const std::string& name, const Warn& warn) {
  if (!root.IsMap()) return malformed(root, "is no model description: a map with 'framework' and 'files'");
  for (const char* key : {"name", "subdirectory"})
    if (root[key]) return malformed(root[key], "the key '" + std::string(key) + "' is not allowed, the file's name says it");
  ZooEntry entry;
  entry.name = name;
  OCTET_ASSIGN(entry.description, read_text_value(root, "description", false));
  OCTET_ASSIGN(entry.task_type, read_text_value(root, "task_type", false));
  OCTET_ASSIGN(entry.framework, read_text_value(root, "framework", true));
  OCTET_ASSIGN(entry.license, read_text_value(root, "license", false));
  OCTET_ASSIGN(entry.aliases, read_texts(root["aliases"], "'aliases'"));
  if (!root["files"]) return malformed(root, "lacks the key 'files'");
  OCTET_RETURN_IF_ERROR(read_files(root["files"], entry, warn));
  OCTET_RETURN_IF_ERROR(read_inputs(root["input_info"], entry));
  OCTET_RETURN_IF_ERROR(read_model_info(root["model_info"], entry.model_info));
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
