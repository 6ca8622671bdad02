#pragma once

#include <cstddef>
#include <span>

namespace octet {

enum class ByteOrder { kLittle, kBig };

// `count` bytes (at most 8) of `file` as an unsigned number; 0 where they are not all there.
inline std::size_t number_at(std::span<const std::byte> file, std::size_t at, std::size_t count, ByteOrder order) {
  if (at > file.size() || file.size() - at < count) return 0;
  std::size_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | std::to_integer<std::size_t>(file[at + (order == ByteOrder::kLittle ? count - 1 - i : i)]);
  return value;
}

}  // namespace octet
