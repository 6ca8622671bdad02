#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace octet::darknet {

// The text of a file in UTF-8, without a byte order mark. UTF-16, of either order of bytes and as editors of Windows write it, is
// converted; a text may end in the middle of a character of it. kMalformed for UTF-16 with half a surrogate pair.
Result<std::string> text_of(std::string_view file);

}  // namespace octet::darknet
