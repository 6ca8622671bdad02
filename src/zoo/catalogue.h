#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/entry.h"
#include "zoo/zoo_model.h"

namespace octet {

// Names of the models that the program carries (zoo/*.yml), in byte order.
std::vector<std::string> zoo_names();

// All models that the program carries, by name in byte order.
std::vector<ZooModel> zoo_models();

// The entry of that name or alias; kNotFound, with the names there are, for any other.
Result<ZooEntry> zoo_entry(std::string_view name);

// Whether `word` is the name of a description file (.yml) and not of a model.
bool is_description_file(std::string_view word);

// The entry that a person asks for by one word: from a description file, or of that name in the catalogue. Errors as either has them.
Result<ZooEntry> find_description(const std::string& word, const Warn& warn);

}  // namespace octet
