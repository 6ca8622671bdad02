#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/conv2d/conv2d.h"
#include "kernels/view.h"

namespace octet::kernels {

// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3): a tile of 4x4 results takes 36 products a channel for 144. Of the 6x6 pixels
// below a tile and of the weights there are transforms of 36 positions each; a position's products are summed over the channels, and a
// third transform makes the results of the 36 sums. Floats have F(2x2, 3x3) as well: 16 products for 36, and 16 transformed weights for 9.
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016).
inline constexpr int kWinogradTile = 4, kWinogradWindow = 6;
inline constexpr int kWinogradResults = kWinogradTile * kWinogradTile, kWinogradPositions = kWinogradWindow * kWinogradWindow;

inline bool winograd_has(const Conv2dShape& shape) {
  return shape.kernel_h == 3 && shape.kernel_w == 3 && shape.stride_h == 1 && shape.stride_w == 1 && shape.dilation_h == 1 &&
         shape.dilation_w == 1 && shape.out_channels > 0;
}

// Output pixels whose first is (y, x), of which the image has `lines` lines of `pixels`.
struct WinogradTile {
  std::int64_t y = 0, x = 0;
  int lines = kWinogradTile, pixels = kWinogradTile;
};

// The tiles of `side` x `side` that cover an output.
struct WinogradTiles {
  std::int64_t height = 0, width = 0;
  int side = kWinogradTile;

  std::int64_t across() const { return (width + side - 1) / side; }
  std::int64_t count() const { return across() * ((height + side - 1) / side); }
  WinogradTile operator[](std::int64_t i) const {
    const std::int64_t y = i / across() * side, x = i % across() * side;
    return {y, x, static_cast<int>(std::min<std::int64_t>(side, height - y)), static_cast<int>(std::min<std::int64_t>(side, width - x))};
  }
};

// The pixels below a tile, a square of `side`; what the image has not is `padding`.
template <typename T>
void find_window(const Conv2dShape& shape, const ImageView<const T>& in, const WinogradTile& tile, int side, const T* padding,
                 const T* (&pixels)[kWinogradPositions]) {
  for (int y = 0; y < side; ++y) {
    const T** const line = pixels + y * side;
    const std::int64_t in_y = tile.y - shape.pad_top + y, in_x = tile.x - shape.pad_left;
    if (in_y < 0 || in_y >= in.height) {
      std::fill_n(line, side, padding);
      continue;
    }
    const T* const row = in.pixel(in_y, 0);
    for (int x = 0; x < side; ++x) line[x] = in_x + x >= 0 && in_x + x < in.width ? row + (in_x + x) * in.pixel_stride : padding;
  }
}

}  // namespace octet::kernels
