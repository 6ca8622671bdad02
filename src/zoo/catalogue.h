#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/entry.h"

namespace octet {

// Names of the models that the program carries (zoo/*.yml), in byte order.
std::vector<std::string> zoo_names();

// The entry of that name or alias; kNotFound, with the names there are, for any other.
Result<ZooEntry> zoo_entry(std::string_view name);

}  // namespace octet
