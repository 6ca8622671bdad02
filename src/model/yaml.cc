#include "model/yaml.h"

#include <algorithm>

namespace octet {
namespace {

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

Error yaml_error(const YAML::Node& node, const std::string& what) {
  const YAML::Mark mark = node.Mark();
  const std::string where = mark.is_null() ? "" : "line " + std::to_string(mark.line + 1) + ": ";
  return {ErrorCode::kMalformed, where + what};
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
    if (key == "octet_labels") {
      OCTET_RETURN_IF_ERROR(read_labels(pair.second, info));
    } else if (pair.second.IsScalar()) {
      info[key] = pair.second.Scalar();
    } else {
      return yaml_error(pair.second, "'" + key + "' of 'model_info' must be text");
    }
  }
  return info;
}

}  // namespace octet
