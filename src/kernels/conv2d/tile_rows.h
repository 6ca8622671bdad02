#pragma once

#include <cstdint>

namespace octet::kernels {

// Calls tile(first row, rows) for tiles of at most `most` rows that cover all, as even as can be: a last tile of
// one row would leave the arithmetic waiting for itself.
template <typename Tile>
inline void for_each_tile(std::int64_t rows, std::int64_t most, Tile tile) {
  const std::int64_t tiles = (rows + most - 1) / most;
  for (std::int64_t t = 0, row = 0; t < tiles; ++t) {
    const std::int64_t next = rows * (t + 1) / tiles;
    tile(row, next - row);
    row = next;
  }
}

}  // namespace octet::kernels
