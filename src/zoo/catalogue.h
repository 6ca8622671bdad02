#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "zoo/zoo_model.h"

namespace octet {

// All models that the program carries (zoo/*.yml), by name in byte order.
const std::vector<ZooModel>& zoo_models();

// Their names.
std::vector<std::string> zoo_names();

// The model of that name or alias; kNotFound, with the names there are, for any other.
Result<ZooModel> zoo_model(std::string_view name);

// Whether `word` is the name of a description file (.yml) and not of a model.
bool is_description_file(std::string_view word);

// The model that a person asks for by one word: from a description file, or of that name in the catalogue. Errors as either has them.
Result<ZooModel> find_description(const std::string& word, const Warn& warn);

}  // namespace octet
