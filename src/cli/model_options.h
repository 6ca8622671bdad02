#pragma once

#include <string>

#include "zoo/catalogue.h"

namespace octet::cli {

// True for words that name a description file rather than a model of the zoo.
inline bool is_description_file(const std::string& word) { return word.ends_with(".yml") || word.ends_with(".yaml"); }

// The description that a --model or a positional NAME asks for.
inline Result<ZooEntry> find_description(const std::string& word, const Warn& warn) {
  return is_description_file(word) ? read_zoo_entry(word, warn) : zoo_entry(word);
}

}  // namespace octet::cli
