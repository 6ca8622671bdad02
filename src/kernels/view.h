#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace octet::kernels {

// An image [height, width, channels] inside a larger buffer: pixels lie `pixel_stride` elements apart, rows
// width * pixel_stride. A slice of the channels of a tensor is such a view, which makes concatenation and splitting free.
// Some rows of an image are a view as well: `above` says how many rows the image has before them. Of such an input the view has the rows
// below the windows of the output, or more.
// Any alignment will do; rows that begin on a cache line are faster. Buffers that kernels read have kReadSlack readable bytes behind their
// last element, as vectors may read beyond the last channel; nothing beyond the channels of a pixel is ever written.
template <typename T>
struct ImageView {
  T* data = nullptr;
  std::int64_t height = 0, width = 0, channels = 0, pixel_stride = 0;
  std::int64_t above = 0;

  T* pixel(std::int64_t y, std::int64_t x) const { return data + (y * width + x) * pixel_stride; }
  std::int64_t pixels() const { return height * width; }
  bool has_row(std::int64_t y) const { return y >= -above && y < height; }
  operator ImageView<const T>() const { return {data, height, width, channels, pixel_stride, above}; }
};

// The rows of an image from row `y` on.
template <typename T>
ImageView<T> from_row(ImageView<T> view, std::int64_t y) {
  view.data += y * view.width * view.pixel_stride;
  view.height -= y;
  view.above += y;
  return view;
}

// The bytes of an image, for kernels that only move elements.
template <typename T>
auto bytes_of(const ImageView<T>& view) {
  using Byte = std::conditional_t<std::is_const_v<T>, const std::uint8_t, std::uint8_t>;
  constexpr std::int64_t kSize = sizeof(T);
  return ImageView<Byte>{reinterpret_cast<Byte*>(view.data), view.height, view.width, view.channels * kSize,
                         view.pixel_stride * kSize,          view.above};
}

inline constexpr std::size_t kReadSlack = 64;

}  // namespace octet::kernels
