#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// The map `model_info` of a YAML description as the text that an IR would carry; a list under octet_labels becomes both forms of
// the labels. A missing map gives nothing. kMalformed, with the line, for what is no map of texts.
Result<ModelInfo> model_info_from_yaml(const YAML::Node& map);

// Texts of a list; a missing one gives none. kMalformed, naming `what`.
Result<std::vector<std::string>> texts_from_yaml(const YAML::Node& list, const std::string& what);

// kMalformed: "line N: WHAT" of the node.
Error yaml_error(const YAML::Node& node, const std::string& what);

}  // namespace octet
