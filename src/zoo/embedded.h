#pragma once

#include <span>
#include <string_view>

namespace octet {

struct EmbeddedYaml {
  std::string_view name, yaml;
};

// zoo/*.yml as they were when the program was built; written by cmake/EmbedZoo.cmake, by name.
std::span<const EmbeddedYaml> embedded_yaml();

}  // namespace octet
