#pragma once

#include <cstdint>

namespace octet {

// The memory that this machine has, in bytes, in use or not; the greatest number where the system does not say.
std::uint64_t physical_memory_bytes();

}  // namespace octet
