#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/progress.h"
#include "importers/darknet/net_context.h"

namespace octet::darknet {

// The class names in a .names file beside the cfg: of the cfg's stem, else coco.names, else the only one in the folder.
// Empty if there is none, or, with a word to `warn`, if it does not hold `classes` names.
std::vector<std::string> find_labels(const std::filesystem::path& cfg, std::int64_t classes, const Warn& warn);

// What the cfg tells of its model, with the keys of docs/model_info.md.
std::map<std::string, std::string> describe_model(const NetContext& net, const std::string& model, const std::vector<std::string>& labels);

}  // namespace octet::darknet
