#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace octet {

// Bytes of the well-formed UTF-8 sequence with which `text` begins, 1 to 4; 0 where there is none (Unicode 15, table 3-7): overlong
// forms, surrogates and values beyond U+10FFFF are none.
std::size_t utf8_sequence_length(std::string_view text);

// Bytes of `text` up to the first that is no UTF-8.
std::size_t utf8_prefix_length(std::string_view text);

bool is_utf8(std::string_view text);

// The text with a question mark for each byte or character that XML 1.0 has no way to write: what is no UTF-8, U+FFFE, U+FFFF and control
// characters other than tab, newline and return.
std::string text_for_xml(std::string_view text);

}  // namespace octet
