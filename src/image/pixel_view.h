#pragma once

#include <cstddef>
#include <cstdint>

#include "image/image.h"

namespace octet {

// A picture in memory of somebody else's: bytes B, G, R, interleaved, rows from the top, perhaps with gaps between them.
class PixelView {
 public:
  // row_stride   bytes from the start of a row to the start of the next, at least three for each pixel of a row
  PixelView(const std::uint8_t* bgr, ImageSize size, std::size_t row_stride) : bgr_(bgr), size_(size), row_stride_(row_stride) {}
  PixelView(const Image& image) : PixelView(image.bytes().data(), image.size(), image.row_bytes()) {}

  ImageSize size() const { return size_; }
  int width() const { return size_.width; }
  int height() const { return size_.height; }
  std::size_t row_stride() const { return row_stride_; }
  const std::uint8_t* row(int y) const { return bgr_ + row_stride_ * static_cast<std::size_t>(y); }

 private:
  const std::uint8_t* bgr_;
  ImageSize size_;
  std::size_t row_stride_;
};

}  // namespace octet
