#include "recognise/metadata.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/parse_number.h"
#include "model/yaml.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxClasses = 1 << 16;
constexpr int kLargestSide = 1 << 14;

Error bad_names(const std::string& text) { return bad_value("names", text, "a list or numbered map of names"); }

// {0: person, 1: bicycle}, with every number once.
Result<std::vector<std::string>> numbered_names(const YAML::Node& map, const std::string& text) {
  std::vector<std::string> names(map.size());
  std::vector<bool> named(map.size());
  for (const auto& pair : map) {
    const auto index = pair.first.IsScalar() ? parse_number<int>(pair.first.Scalar()) : std::nullopt;
    if (!index || *index < 0 || *index >= std::ssize(names) || named[static_cast<std::size_t>(*index)] || !pair.second.IsScalar())
      return bad_names(text);
    names[static_cast<std::size_t>(*index)] = pair.second.Scalar();
    named[static_cast<std::size_t>(*index)] = true;
  }
  return names;
}

// A list or a map of YAML or of Python, whose form of both is YAML's.
Result<std::vector<std::string>> names_of(const std::string& text) {
  const auto node = load_yaml(text);
  if (!node.ok() || node->size() > kMaxClasses) return bad_names(text);
  if (node->IsMap()) return numbered_names(*node, text);
  auto names = texts_from_yaml(*node, "names");
  if (!node->IsSequence() || !names.ok()) return bad_names(text);
  return names;
}

}  // namespace

bool is_of_ultralytics(const ModelInfo& metadata) { return metadata.contains("names") && metadata.contains("stride"); }

Result<MetadataFacts> read_metadata(const ModelInfo& metadata) {
  MetadataFacts facts;
  const auto task = metadata.find("task"), names = metadata.find("names");
  if (task != metadata.end() && task->second != "detect")
    return Error{ErrorCode::kUnsupported, "its metadata says task: " + task->second.substr(0, 80) + "; octet takes models that detect"};
  facts.is_ultralytics = is_of_ultralytics(metadata);
  if (names != metadata.end()) {
    OCTET_ASSIGN(facts.labels, names_of(names->second));
  } else {
    OCTET_RETURN_IF_ERROR(InfoReader(metadata).read_labels(facts.labels));
  }
  facts.classes = static_cast<int>(facts.labels.size());
  if (facts.classes == 0) OCTET_RETURN_IF_ERROR(InfoReader(metadata).read_integer("octet_classes", 1, kMaxClasses, facts.classes));
  return facts;
}

Result<ImageSize> stated_size(const ModelInfo& declared, const ModelInfo& metadata) {
  ImageSize size;
  OCTET_RETURN_IF_ERROR(InfoReader(declared).read_integer("orig_height", 1, kLargestSide, size.height));
  OCTET_RETURN_IF_ERROR(InfoReader(declared).read_integer("orig_width", 1, kLargestSide, size.width));
  const auto found = metadata.find("imgsz");
  if ((size.height > 0 && size.width > 0) || found == metadata.end()) return size;
  const nlohmann::json value = parse_shallow_json(found->second);
  const auto side = [](const nlohmann::json& number) {
    return number.is_number_integer() && number >= 1 && number <= kLargestSide ? number.get<int>() : 0;
  };
  if (value.is_array() && value.size() == 2) size = {side(value[1]), side(value[0])};
  if (value.is_number()) size = {side(value), side(value)};
  if (size.height == 0 || size.width == 0) return bad_value("imgsz", found->second, "height and width");
  return size;
}

Result<std::vector<std::string>> names_in_yaml(const fs::path& file) {
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(file));
  if (!root.IsMap() || !root["names"].IsDefined()) return Error{ErrorCode::kMalformed, file.string() + ": has no key 'names'"};
  OCTET_ASSIGN_AT(std::vector<std::string> names, names_of(in_one_line(root["names"])), file.string());
  return names;
}

}  // namespace octet
