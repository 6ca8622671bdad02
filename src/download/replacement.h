#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

// The text that takes a match's place in Python's re.sub, as https://docs.python.org/3/library/re.html#re.sub has it:
//   \1 .. \99, \g<1>, \g<0>, \g<name>   what a group matched; \g<0> is the whole match
//   \0, \07, \012                       the character of that octal number
//   \a \b \f \n \r \t \v \\             that character
//   \ and any other letter              an error
//   anything else                       itself, a backslash before no letter included
namespace octet {

struct GroupReference {
  std::variant<int, std::string> group;  // by number, or by name
  bool operator==(const GroupReference&) const = default;
};

using ReplacementPart = std::variant<std::string, GroupReference>;

// Errors: kMalformed, with what is wrong and where.
Result<std::vector<ReplacementPart>> parse_replacement(std::string_view text);

}  // namespace octet
