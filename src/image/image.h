#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/image_size.h"

namespace octet {

// A picture of 8-bit B, G, R bytes: the order of the IR's input, which JPEG and PNG are decoded to directly.
// Rows from the top, interleaved, without gaps.
class Image {
 public:
  static constexpr int kChannels = 3;

  Image() = default;
  // Black.
  explicit Image(ImageSize size) : size_(size), bytes_(static_cast<std::size_t>(size.width) * size.height * kChannels) {}

  ImageSize size() const { return size_; }
  int width() const { return size_.width; }
  int height() const { return size_.height; }
  std::size_t row_bytes() const { return static_cast<std::size_t>(size_.width) * kChannels; }

  std::span<const std::uint8_t> bytes() const { return bytes_; }
  std::span<std::uint8_t> bytes() { return bytes_; }
  const std::uint8_t* row(int y) const { return bytes_.data() + row_bytes() * y; }
  std::uint8_t* row(int y) { return bytes_.data() + row_bytes() * y; }

  bool operator==(const Image&) const = default;

 private:
  ImageSize size_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace octet
