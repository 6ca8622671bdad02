#pragma once

#include <cstdint>
#include <filesystem>

namespace octet {

// The memory that this process may have, in bytes, in use or not: that of the machine or, where it is less, what the container allows.
// The greatest number where the system does not say.
std::uint64_t memory_bytes();

// What the control groups (version 1 or 2) that this process is in allow, the greatest number without a limit. `root` is "/" but for tests.
std::uint64_t container_memory_bytes(const std::filesystem::path& root);

}  // namespace octet
