#pragma once

#include <string>
#include <string_view>

namespace octet {

// A name from a file as it may stand in a message: in quotes, one line, of bounded length.
std::string in_quotes(std::string_view name);

}  // namespace octet
