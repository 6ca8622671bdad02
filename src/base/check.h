#pragma once

#include <string_view>

namespace octet {

// Prints where and why an invariant of octet itself was broken, and ends the program.
[[noreturn]] void check_failed(const char* file, int line, const char* condition, std::string_view why);

}  // namespace octet

// For bugs in octet, never for bad input: those are values of type Error.
#define OCTET_CHECK(condition, why) (static_cast<bool>(condition) ? void(0) : ::octet::check_failed(__FILE__, __LINE__, #condition, why))
