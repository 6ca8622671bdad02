#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/conv2d/conv2d.h"
#include "kernels/view.h"

namespace octet::kernels {

// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3): a tile of 4x4 results takes 36 products a channel for 144. Of the 6x6 pixels
// below a tile and of the weights there are transforms of 36 positions each; a position's products are summed over the channels, and a
// third transform makes the results of the 36 sums. Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016).
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

// The tiles that cover an output.
struct WinogradTiles {
  std::int64_t height = 0, width = 0;

  std::int64_t across() const { return (width + kWinogradTile - 1) / kWinogradTile; }
  std::int64_t count() const { return across() * ((height + kWinogradTile - 1) / kWinogradTile); }
  WinogradTile operator[](std::int64_t i) const {
    const std::int64_t y = i / across() * kWinogradTile, x = i % across() * kWinogradTile;
    return {y, x, static_cast<int>(std::min<std::int64_t>(kWinogradTile, height - y)),
            static_cast<int>(std::min<std::int64_t>(kWinogradTile, width - x))};
  }
};

// The pixels below a tile; what the image has not is `padding`.
template <typename T>
void find_window(const Conv2dShape& shape, const ImageView<const T>& in, const WinogradTile& tile, const T* padding,
                 const T* (&pixels)[kWinogradPositions]) {
  for (int i = 0; i < kWinogradPositions; ++i) {
    const std::int64_t y = tile.y - shape.pad_top + i / kWinogradWindow, x = tile.x - shape.pad_left + i % kWinogradWindow;
    pixels[i] = y >= 0 && y < in.height && x >= 0 && x < in.width ? in.pixel(y, x) : padding;
  }
}

}  // namespace octet::kernels
