#pragma once

#include <string>
#include <string_view>

namespace octet {

// A name from a file as it may stand in a message: in quotes, one line, of bounded length.
std::string in_quotes(std::string_view name);

// A text as a terminal may show it in one line: a blank for each control character (C0, DEL, and C1 in UTF-8), so that no name of a file or
// class ends the line or commands the terminal.
std::string plain_line(std::string_view text);

// The same of several lines, whose ends stay.
std::string plain_lines(std::string_view text);

}  // namespace octet
