#pragma once

#include <string>

#include "download/remote_file.h"

namespace octet {

// Where a person finds a source: its address, or the package that holds it.
std::string where_published(const Source& source);

}  // namespace octet
