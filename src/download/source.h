#pragma once

#include <string>

#include "download/remote_file.h"

namespace octet {

// What a person needs to find the source: its address or id, or the package with its version and the path inside.
std::string describe(const Source& source);

}  // namespace octet
