#include "model/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/utf8.h"

namespace octet {
namespace {

constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxExpandedBytes = std::size_t{1} << 24;
constexpr int kMaxDepth = 64;

// Whether a document without aliases would be small. An alias is its anchor's node again, so that a short text can stand for an endless
// one; `budget` bounds the steps of this walk as well.
bool is_small(const YAML::Node& node, int depth, std::size_t& budget) {
  const std::size_t bytes = 1 + (node.IsScalar() ? node.Scalar().size() : 0);
  if (depth > kMaxDepth || bytes > budget) return false;
  budget -= bytes;
  if (node.IsMap())
    return std::all_of(node.begin(), node.end(), [&](const auto& pair) {
      return is_small(pair.first, depth + 1, budget) && is_small(pair.second, depth + 1, budget);
    });
  return !node.IsSequence() || std::all_of(node.begin(), node.end(), [&](const auto& item) { return is_small(item, depth + 1, budget); });
}

// yaml-cpp hands on what is not UTF-8, and makes such texts of some control characters. Of a document that is small.
Status check_texts(const YAML::Node& node) {
  if (node.IsScalar() && !is_utf8(node.Scalar()))
    return yaml_error(node, "is not in UTF-8, or has characters that YAML does not allow; save the file in UTF-8");
  if (node.IsSequence())
    for (const YAML::Node& item : node) OCTET_RETURN_IF_ERROR(check_texts(item));
  if (node.IsMap())
    for (const auto& pair : node) {
      OCTET_RETURN_IF_ERROR(check_texts(pair.first));
      OCTET_RETURN_IF_ERROR(check_texts(pair.second));
    }
  return {};
}

// Adds what a map has under keys that are not among `keys` yet.
void add_missing(YAML::Node map, const YAML::Node& source, std::set<std::string>& keys) {
  for (const auto& pair : source)
    if (pair.first.IsScalar() && keys.insert(pair.first.Scalar()).second) map.force_insert(pair.first, pair.second);
}

// Puts the keys of the maps that are named under "<<" in its place, which yaml-cpp leaves to its users. A map's own keys come first, then
// those of the earlier of several maps. The document is no larger for it than with its aliases written out.
Status merge_maps(YAML::Node node) {
  if (node.IsSequence())
    for (const YAML::Node& item : node) OCTET_RETURN_IF_ERROR(merge_maps(item));
  if (!node.IsMap()) return {};
  YAML::Node merged(YAML::NodeType::Undefined);
  std::set<std::string> keys;
  for (const auto& pair : node) {
    OCTET_RETURN_IF_ERROR(merge_maps(pair.second));
    if (!pair.first.IsScalar()) continue;
    if (pair.first.Scalar() == "<<" && pair.first.Tag() == "?")
      merged.reset(pair.second);
    else
      keys.insert(pair.first.Scalar());
  }
  if (!merged.IsDefined()) return {};
  node.remove("<<");
  if (merged.IsMap()) {
    add_missing(node, merged, keys);
    return {};
  }
  const bool are_maps = merged.IsSequence() && std::all_of(merged.begin(), merged.end(), [](const auto& item) { return item.IsMap(); });
  if (!are_maps) return yaml_error(merged, "'<<' must name a map or a list of maps");
  for (const YAML::Node& item : merged) add_missing(node, item, keys);
  return {};
}

bool is_yaml_number(std::string text) {
  std::erase(text, '_');
  if (text.starts_with('+')) text.erase(0, 1);
  const bool begins_so = !text.empty() && (std::string_view("-.0123456789").find(text[0]) != std::string_view::npos);
  return begins_so && (parse_number<double>(text).has_value() || text.starts_with("0x"));
}

bool prints(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

Status read_labels(const YAML::Node& list, ModelInfo& info) {
  OCTET_ASSIGN(const std::vector<std::string> labels, texts_from_yaml(list, "octet_labels"));
  if (!std::ranges::all_of(labels, prints)) return yaml_error(list, "a label has characters that do not print");
  write_labels(labels, info);
  return {};
}

}  // namespace

Result<YAML::Node> load_yaml(std::string_view text) {
  if (text.size() > kMaxYamlBytes) return Error{ErrorCode::kMalformed, "is larger than 1 MiB"};
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    std::size_t budget = kMaxExpandedBytes;
    if (!is_small(root, 0, budget))
      return Error{ErrorCode::kMalformed, "is nested deeper than 64, or larger than 16 MiB with its aliases written out"};
    OCTET_RETURN_IF_ERROR(check_texts(root));
    if (text.find("<<") != std::string_view::npos) OCTET_RETURN_IF_ERROR(merge_maps(root));
    return root;
  } catch (const YAML::Exception& broken) {  // yaml-cpp throws where the text is no YAML
    return Error{ErrorCode::kMalformed, "line " + std::to_string(broken.mark.line + 1) + ": " + broken.msg};
  }
}

Result<YAML::Node> load_yaml_file(const std::filesystem::path& path) {
  OCTET_ASSIGN(const std::string text, read_text(path, kMaxYamlBytes));
  OCTET_ASSIGN_AT(const YAML::Node root, load_yaml(text), path.string());
  return root;
}

bool is_text(const YAML::Node& scalar) {
  static constexpr std::string_view kWords[] = {"",      "~",     "null",  "Null", "NULL", "true", "True", "TRUE",
                                                "false", "False", "FALSE", "yes",  "Yes",  "YES",  "no",   "No",
                                                "NO",    "on",    "On",    "ON",   "off",  "Off",  "OFF"};
  if (!scalar.IsScalar()) return false;
  if (scalar.Tag() != "?") return true;  // quoted
  return std::ranges::find(kWords, scalar.Scalar()) == std::end(kWords) && !is_yaml_number(scalar.Scalar());
}

Error yaml_error(const YAML::Node& node, const std::string& what) {
  const YAML::Mark mark = node.Mark();
  const std::string where = mark.is_null() ? "" : "line " + std::to_string(mark.line + 1) + ": ";
  return {ErrorCode::kMalformed, where + what};
}

std::string in_one_line(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  YAML::Emitter emitter;
  emitter.SetSeqFormat(YAML::Flow);
  emitter.SetMapFormat(YAML::Flow);
  emitter << node;
  return emitter.c_str();
}

ModelInfo values_in_one_line(const YAML::Node& map) {
  ModelInfo values;
  for (const auto& pair : map)
    if (pair.first.IsScalar()) values[pair.first.Scalar()] = in_one_line(pair.second);
  return values;
}

Result<std::vector<std::string>> texts_from_yaml(const YAML::Node& list, const std::string& what) {
  std::vector<std::string> texts;
  if (!list) return texts;
  if (!list.IsSequence()) return yaml_error(list, what + " must be a list");
  for (const YAML::Node& item : list) {
    if (!item.IsScalar()) return yaml_error(item, what + " must be a list of texts");
    texts.push_back(item.Scalar());
  }
  return texts;
}

Result<ModelInfo> model_info_from_yaml(const YAML::Node& map) {
  ModelInfo info;
  if (!map) return info;
  if (!map.IsMap()) return yaml_error(map, "'model_info' must be a map");
  for (const auto& pair : map) {
    if (!pair.first.IsScalar()) return yaml_error(pair.first, "a key of 'model_info' must be text");
    const std::string key = pair.first.Scalar();
    if (key == "octet_labels" || (key == "labels" && pair.second.IsSequence())) {
      OCTET_RETURN_IF_ERROR(read_labels(pair.second, info));
    } else if (pair.second.IsSequence()) {
      OCTET_ASSIGN(const std::vector<std::string> values, texts_from_yaml(pair.second, "'" + key + "' of 'model_info'"));
      info[key] = fmt::format("{}", fmt::join(values, " "));
    } else if (pair.second.IsScalar()) {
      info[key] = pair.second.Scalar();
    } else {
      return yaml_error(pair.second, "'" + key + "' of 'model_info' must be text");
    }
  }
  return info;
}

}  // namespace octet
