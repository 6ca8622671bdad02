#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace octet {

// Digests as lower-case hexadecimal digits: 64 of them for SHA-256, 96 for SHA-384.
std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha384_hex(std::span<const std::byte> bytes);

}  // namespace octet
