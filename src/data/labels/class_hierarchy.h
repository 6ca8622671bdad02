#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/result.h"

namespace octet {

// The classes above and below each class of OpenImages. The root, which stands for no class, is in neither.
struct ClassHierarchy {
  std::map<std::string, std::set<std::string>> above, below;  // of every class
};

// {"LabelName": ..., "Subcategory": [...]}, nested; a class may stand in several places. kMalformed for another form, or deeper than 64.
Result<ClassHierarchy> read_class_hierarchy(const std::filesystem::path& path);

}  // namespace octet
