#pragma once

#include <string_view>

#include <pugixml.hpp>

#include "base/result.h"

namespace octet {

// A text in XML, in UTF-8 or in what its mark or its declaration says of the encodings that pugixml knows (UTF-16, UTF-32, Latin-1). Others
// would become other names: kUnsupported for one that is declared and not known, kMalformed, with the byte, for what is no XML or no UTF-8.
Result<pugi::xml_document> parse_xml(std::string_view text);

}  // namespace octet
