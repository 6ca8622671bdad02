#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// The document of a YAML text that anybody may have written: at most 1 MiB, nested at most 64 deep, and at most 16 MiB with its aliases
// written out, so that whoever walks over it or copies it needs no bounds of his own. Maps that "<<" names are merged, as PyYAML does.
// kMalformed, with the line where there is one.
Result<YAML::Node> load_yaml(std::string_view text);

// The same from a file, which errors name.
Result<YAML::Node> load_yaml_file(const std::filesystem::path& path);

// Whether YAML 1.1 takes a scalar for text: it is quoted, or it is no number, truth value or null.
bool is_text(const YAML::Node& scalar);

// The map `model_info` of a YAML description as the text that an IR would carry: a list under `octet_labels` or `labels` becomes both
// forms of the labels, another list its values with blanks between them. A missing map gives nothing. kMalformed, with the line, for what
// is no map of texts.
Result<ModelInfo> model_info_from_yaml(const YAML::Node& map);

// A scalar as it is; a list or map as flow YAML, which load_yaml reads again.
std::string in_one_line(const YAML::Node& node);

// What a map has under keys that are scalars, each value in one line.
ModelInfo values_in_one_line(const YAML::Node& map);

// Texts of a list; a missing one gives none. kMalformed, naming `what`.
Result<std::vector<std::string>> texts_from_yaml(const YAML::Node& list, const std::string& what);

// kMalformed: "line N: WHAT" of the node.
Error yaml_error(const YAML::Node& node, const std::string& what);

}  // namespace octet
