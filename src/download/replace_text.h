#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace octet {

// Against patterns that take for ever, and replacements that grow.
struct ReplaceLimits {
  std::int64_t steps = 50'000'000;                 // of the search, over all matches
  std::size_t text_bytes = std::size_t{64} << 20;  // before and after
};

struct ReplacedText {
  std::string text;
  std::int64_t count = 0;  // of the places
};

// What Python's re.subn(pattern, replacement, text, count) gives. The syntax of patterns is that of PCRE2, which agrees with Python's in
// all that both have; text and pattern are UTF-8, and classes such as \w are Unicode's.
//   count    0: everywhere
//   errors   kMalformed: pattern, replacement or text; kUnsupported: it takes more steps or bytes than allowed
Result<ReplacedText> replace_text(const std::string& pattern, const std::string& replacement, std::string_view text, int count,
                                  const ReplaceLimits& limits = {});

}  // namespace octet
