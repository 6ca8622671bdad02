#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/x86/intrinsics.h"

// The tile registers of AMX: eight of up to 16 rows of 64 bytes. They belong to the thread. While they are in use every switch of threads
// has 8 KiB more to save, so a kernel configures them where it begins and gives them back (_tile_release) where it ends.
namespace octet::kernels {

inline constexpr int kTileRows = 16, kTileBytes = 64;

// For products of bytes: registers 0 to 3 are sums, two of rows by two of columns, 4 and 5 rows of the left factor, and 6 and 7 of the
// right one, whose rows hold four bytes of depth for each of 16 columns.
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};

  // `height`: of the left factor's tiles, 1 to 16.
  explicit TileConfiguration(int height) {
    std::fill_n(row_bytes, 8, std::uint16_t{kTileBytes});
    std::fill_n(rows, 6, static_cast<std::uint8_t>(height));
    std::fill_n(rows + 6, 2, std::uint8_t{kTileRows});
  }
};

// For GCC 12, which knows neither which memory the instructions on tiles read nor which they write.
inline void fence_memory() { asm volatile("" ::: "memory"); }

OCTET_AVX512_AMX inline void load_tiles(const TileConfiguration& configuration) {
  asm volatile("" ::"r"(&configuration) : "memory");
  _tile_loadconfig(&configuration);
}

}  // namespace octet::kernels
