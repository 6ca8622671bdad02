#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>

namespace octet {

// Sees the bytes of the files that an exporter writes, in their order and in pieces: for digests, without reading the files again.
using SeeWritten = std::function<void(const std::filesystem::path& path, std::span<const std::byte> piece)>;

}  // namespace octet
