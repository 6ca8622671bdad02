#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/patches.h"
#include "kernels/view.h"

// A convolution without patches: a strip of the output takes a strip of the input, over which the windows of its pixels slide. A row of
// a window is one run of the strip, and the windows of neighbours in a row are a fixed way apart.
namespace octet::kernels {

// Output pixels of some neighbouring rows and columns.
struct Strip {
  std::int64_t y = 0, x = 0, rows = 0, columns = 0;
};

// How an output is cut into strips whose input stays in the second cache.
struct Strips {
  std::int64_t height = 0, width = 0;
  std::int64_t down = 1, across = 1;  // strips

  std::int64_t count() const { return down * across; }
  Strip operator[](std::int64_t i) const {
    const std::int64_t row = i / across, column = i % across;
    const std::int64_t y = height * row / down, x = width * column / across;
    return {y, x, height * (row + 1) / down - y, width * (column + 1) / across - x};
  }
};

// The most pixels of a strip. Each strip reads all weights: where they leave no room for anything else in the second cache, a strip is as
// large as its input may be there for one panel.
inline std::int64_t most_pixels_of_a_strip(const Conv2dShape& shape, std::int64_t element_bytes) {
  constexpr std::int64_t kBytes = 192 * 1024, kBytesOfMany = 768 * 1024, kManyWeightBytes = 1 << 20, kFewest = 32;
  const std::int64_t weight_bytes = shape.kernel_h * shape.kernel_w * shape.in_channels * shape.out_channels * element_bytes;
  return std::max(kFewest, (weight_bytes > kManyWeightBytes ? kBytesOfMany : kBytes) /
                               (shape.in_channels * shape.stride_h * shape.stride_w * element_bytes));
}

// `wanted`: strips that there should be, where they need not be lower than a few rows for that.
inline Strips cut_into_strips(const Conv2dShape& shape, std::int64_t height, std::int64_t width, std::int64_t element_bytes,
                              std::int64_t wanted) {
  constexpr std::int64_t kLowest = 4;  // rows, as the rows of a window are copied for each strip
  const auto parts = [](std::int64_t size, std::int64_t most) { return (size + most - 1) / most; };
  const std::int64_t pixels = most_pixels_of_a_strip(shape, element_bytes);
  Strips strips{height, width, 1, std::max<std::int64_t>(1, parts(width, pixels))};
  strips.down = std::max<std::int64_t>(1, parts(height, std::max<std::int64_t>(1, pixels / std::max<std::int64_t>(1, width))));
  if (strips.count() < wanted) strips.down = std::max(strips.down, std::min(parts(wanted, strips.across), height / kLowest));
  return strips;
}

// The part of the input below a strip: what the image has not is padding, and pixels lie one behind the other, as elements of another
// type perhaps.
template <typename In, typename Out = In>
class InputStrip {
 public:
  InputStrip(const Conv2dShape& shape, const ImageView<const In>& in, const Strip& strip)
      : in_(in),
        y_(strip.y * shape.stride_h - shape.pad_top),
        x_(strip.x * shape.stride_w - shape.pad_left),
        height_((strip.rows - 1) * shape.stride_h + (shape.kernel_h - 1) * shape.dilation_h + 1),
        width_((strip.columns - 1) * shape.stride_w + shape.kernel_w) {}

  std::int64_t row_elements() const { return width_ * in_.channels; }

  // Whether the image has all of it as it should lie, but for what separates its rows.
  bool lies_in_image() const {
    return std::is_same_v<In, Out> && in_.pixel_stride == in_.channels && y_ >= -in_.above && x_ >= 0 && y_ + height_ <= in_.height &&
           x_ + width_ <= in_.width;
  }
  const In* in_image() const { return in_.pixel(y_, x_); }

  // Writes up to kCopySlackBytes more. `copy_one` does what copy_run() does.
  template <typename Copy = CopyRun>
  void copy(Out padding, Out* to, Copy copy_one = {}) const {
    const std::int64_t left = std::clamp<std::int64_t>(-x_, 0, width_), right = std::clamp<std::int64_t>(in_.width - x_, left, width_);
    for (std::int64_t y = y_; y < y_ + height_; ++y, to += row_elements()) {
      if (!in_.has_row(y)) {
        std::fill_n(to, row_elements(), padding);
        continue;
      }
      std::fill_n(to, left * in_.channels, padding);
      copy_pixels(in_.pixel(y, x_ + left), right - left, to + left * in_.channels, copy_one);
      std::fill_n(to + right * in_.channels, (width_ - right) * in_.channels, padding);
    }
  }

 private:
  template <typename Copy>
  void copy_pixels(const In* from, std::int64_t count, Out* to, Copy copy_one) const {
    if (in_.pixel_stride == in_.channels) return copy_one(from, count * in_.channels, to);
    for (std::int64_t i = 0; i < count; ++i) copy_one(from + i * in_.pixel_stride, in_.channels, to + i * in_.channels);
  }

  ImageView<const In> in_;
  std::int64_t y_, x_, height_, width_;
};

// Bytes that the input below a strip takes at most, whatever its sides, of an output of `out_pixels`.
inline std::int64_t most_bytes_of_a_strip(const Conv2dShape& shape, std::int64_t out_pixels, std::int64_t element_bytes) {
  const std::int64_t window_h = (shape.kernel_h - 1) * shape.dilation_h + 1;
  const std::int64_t each = shape.stride_h * shape.stride_w + shape.stride_h * shape.kernel_w + shape.stride_w * window_h;
  const std::int64_t pixels = std::min(out_pixels, most_pixels_of_a_strip(shape, element_bytes)) * each + window_h * shape.kernel_w;
  return pixels * shape.in_channels * element_bytes + kCopySlackBytes;
}

}  // namespace octet::kernels
