#pragma once

#include <cstdint>

namespace octet {

// Bytes of the second-level cache of a core, as the system gives them; what small ones have where it does not.
std::int64_t second_cache_bytes();

}  // namespace octet
