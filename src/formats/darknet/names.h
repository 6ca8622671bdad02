#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet::darknet {

// The class names of a .names file, one a line, without the blanks around them; empty lines at the end do not count.
// kMalformed, with the line, for what is not UTF-8 text.
Result<std::vector<std::string>> parse_names(std::string_view text);

}  // namespace octet::darknet
