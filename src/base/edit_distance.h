#pragma once

#include <cstddef>
#include <string_view>

namespace octet {

// How many characters must be added, left out or replaced to make one word of the other (Levenshtein). Of words of one line: it takes time
// and memory in proportion to both lengths.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace octet
