#include "data/labels/class_hierarchy.h"

#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"

namespace octet {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{64} << 20, kDeepest = 64;

class Collector {
 public:
  explicit Collector(ClassHierarchy& hierarchy) : hierarchy_(hierarchy) {}

  Status collect_below(const Json& node) {
    const auto children = node.find("Subcategory");
    if (children == node.end()) return {};
    if (!children->is_array()) return Error{ErrorCode::kMalformed, "a 'Subcategory' is no array"};
    for (const Json& child : *children) OCTET_RETURN_IF_ERROR(collect(child));
    return {};
  }

 private:
  Status collect(const Json& node) {
    if (!node.is_object() || !node.contains("LabelName") || !node["LabelName"].is_string())
      return Error{ErrorCode::kMalformed, "a 'Subcategory' has an entry without 'LabelName'"};
    if (path_.size() == kDeepest) return Error{ErrorCode::kMalformed, fmt::format("nests deeper than {} classes", kDeepest)};
    const std::string name = node["LabelName"];
    std::set<std::string>& above = hierarchy_.above[name];
    hierarchy_.below[name];
    for (const std::string& other : path_) {
      if (other == name) continue;  // a class is not above itself, whatever the file says
      above.insert(other);
      hierarchy_.below[other].insert(name);
    }
    path_.push_back(name);
    OCTET_RETURN_IF_ERROR(collect_below(node));
    path_.pop_back();
    return {};
  }

  ClassHierarchy& hierarchy_;
  std::vector<std::string> path_;  // from below the root to the node at hand
};

}  // namespace

Result<ClassHierarchy> read_class_hierarchy(const std::filesystem::path& path) {
  OCTET_ASSIGN(const std::string text, read_text(path, kMostBytes));
  const Json root = Json::parse(text, nullptr, false);
  if (!root.is_object()) return Error{ErrorCode::kMalformed, path.string() + ": is no JSON object"};
  ClassHierarchy hierarchy;
  if (const Status status = Collector(hierarchy).collect_below(root); !status.ok()) return status.error().at(path.string());
  return hierarchy;
}

}  // namespace octet
