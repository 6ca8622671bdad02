#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "zoo/zoo_model.h"

namespace octet {

// Every model.yml and composite-model.yml below `root`, which is laid out as `models` of a checkout of the Open Model Zoo, by name in byte
// order. A composite model holds its stages, which are no models of the list. Links to folders are not followed.
//
// Errors: kMalformed, with the places as zoo/read_model.h says; kNotFound for a root or a file that cannot be read.
Result<std::vector<ZooModel>> load_models(const std::filesystem::path& root);

}  // namespace octet
