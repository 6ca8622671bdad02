#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"

namespace octet::darknet {

// The class names in a .names file beside the cfg that has `classes` of them: of the cfg's stem, else coco.names, else the only
// such file in the folder. Empty if there is none. `warn` is told of the first two where they have another number of names, and
// of a choice among several files.
std::vector<std::string> find_labels(const std::filesystem::path& cfg, int classes, const Warn& warn);

}  // namespace octet::darknet
