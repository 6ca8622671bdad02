#pragma once

namespace octet {

// As project() in CMakeLists.txt has it, such as "0.1.0".
extern const char* const kVersion;

}  // namespace octet
