#include "accuracy/annotations.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/parse_number.h"

namespace octet::accuracy {
namespace {

using Labels = std::vector<std::pair<int, std::string>>;

constexpr std::size_t kMaxMetaBytes = std::size_t{16} << 20;

constexpr std::array<Kind<Convert, const Folders&>, 3> kConverters{{
    {"mscoco_detection", make_coco_converter},
    {"voc_detection", make_voc_converter},
    {"syg_detection", make_syg_converter},
}};

Result<Labels> labels_from(const nlohmann::json& meta, int first_label) {
  const Error malformed{ErrorCode::kMalformed, "needs 'label_map', numbers to names, or 'labels', a list of names"};
  Labels labels;
  if (!meta.is_object()) return malformed;
  if (const auto map = meta.find("label_map"); map != meta.end() && map->is_object() && !map->empty()) {
    for (const auto& [key, name] : map->items()) {
      const auto label = parse_number<int>(key);
      if (!label || !name.is_string()) return malformed;
      labels.emplace_back(*label, name.get<std::string>());
    }
  } else if (const auto list = meta.find("labels"); list != meta.end() && list->is_array() && !list->empty()) {
    for (const auto& name : *list) {
      if (!name.is_string()) return malformed;
      labels.emplace_back(first_label++, name.get<std::string>());
    }
  } else {
    return malformed;
  }
  return labels;
}

}  // namespace

Result<std::filesystem::path> path_below(const std::filesystem::path& folder, const std::string& path) {
  if (folder.empty()) return std::filesystem::path(path);
  return path_inside(folder, path);
}

Result<Convert> make_converter(const YAML::Node& conversion, const Folders& folders) {
  return make_block<Convert, const Folders&>("annotation converter", "converter", conversion, kConverters, folders);
}

Result<Labels> read_label_map(const std::filesystem::path& path, int first_label) {
  OCTET_ASSIGN(const std::string text, read_text(path, kMaxMetaBytes));
  const auto meta = nlohmann::json::parse(text, nullptr, false);
  OCTET_ASSIGN_AT(Labels labels, labels_from(meta, first_label), path.string());
  return labels;
}

}  // namespace octet::accuracy
