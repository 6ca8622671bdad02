#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/conv2d/conv2d.h"
#include "kernels/view.h"

// A convolution as a matrix product: the patch of an output pixel, that is its taps in the order (ky, kx, channel), is
// one row of the left matrix.
namespace octet::kernels {

// Rows of patches are followed by at least this many writable bytes: copies work in whole steps.
inline constexpr std::int64_t kCopySlackBytes = 64;

// Copies `count` elements and up to kCopySlackBytes - 1 bytes more, on both sides.
template <typename In, typename Out>
inline void copy_run(const In* from, std::int64_t count, Out* to) {
  if constexpr (std::is_same_v<In, Out>) {
    constexpr std::int64_t kStep = 32 / sizeof(In), kMany = 256 / sizeof(In);
    if (count >= kMany) {
      std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(In));
      return;
    }
    for (std::int64_t i = 0; i < count; i += kStep) std::memcpy(to + i, from + i, 32);
  } else {
    constexpr std::int64_t kStep = 16;
    for (std::int64_t i = 0; i < count; i += kStep)
      for (std::int64_t j = 0; j < kStep; ++j) to[i + j] = static_cast<Out>(from[i + j]);
  }
}

struct CopyRun {
  template <typename In, typename Out>
  void operator()(const In* from, std::int64_t count, Out* to) const {
    copy_run(from, count, to);
  }
};

template <typename In, typename Out, typename Copy = CopyRun>
class PatchGatherer {
 public:
  // `pad` stands where the image does not reach; `copy_one` does what copy_run() does.
  PatchGatherer(const Conv2dShape& shape, const ImageView<const In>& in, std::int64_t out_width, In pad, Copy copy_one = {})
      : shape_(shape),
        in_(in),
        out_width_(out_width),
        pad_(static_cast<Out>(pad)),
        copy_run_(copy_one),
        rows_are_runs_(in.pixel_stride == shape.in_channels && shape.dilation_w == 1),
        last_inner_y_(in.height - 1 - (shape.kernel_h - 1) * shape.dilation_h),
        last_inner_x_(in.width - shape.kernel_w),
        run_(shape.kernel_w * shape.in_channels),
        row_step_(shape.dilation_h * in.width * in.pixel_stride) {}

  // Writes the patches of the output pixels first, first + 1, ... as rows `stride` elements apart.
  void gather(std::int64_t first, std::int64_t count, std::int64_t stride, Out* rows) const {
    std::int64_t y = first / out_width_, x = first % out_width_;
    for (std::int64_t row = 0; row < count; ++row) {
      gather_one(y, x, rows + row * stride);
      if (++x == out_width_) x = 0, ++y;
    }
  }

 private:
  void gather_one(std::int64_t y, std::int64_t x, Out* to) const {
    const std::int64_t in_y = y * shape_.stride_h - shape_.pad_top, in_x = x * shape_.stride_w - shape_.pad_left;
    if (rows_are_runs_ && in_y >= -in_.above && in_x >= 0 && in_y <= last_inner_y_ && in_x <= last_inner_x_) {
      const In* from = in_.pixel(in_y, in_x);
      for (std::int64_t ky = 0; ky < shape_.kernel_h; ++ky, from += row_step_, to += run_) copy_run_(from, run_, to);
      return;
    }
    for (std::int64_t ky = 0; ky < shape_.kernel_h; ++ky) to = gather_row(in_y + ky * shape_.dilation_h, in_x, to);
  }

  // The taps of one kernel row; returns where the next one goes.
  Out* gather_row(std::int64_t in_y, std::int64_t in_x, Out* to) const {
    if (!in_.has_row(in_y)) return fill(shape_.kernel_w, to);
    if (shape_.dilation_w == 1) {
      const std::int64_t begin = std::clamp<std::int64_t>(-in_x, 0, shape_.kernel_w);
      const std::int64_t end = std::clamp<std::int64_t>(in_.width - in_x, begin, shape_.kernel_w);
      to = copy(in_y, in_x + begin, end - begin, fill(begin, to));
      return fill(shape_.kernel_w - end, to);
    }
    for (std::int64_t kx = 0; kx < shape_.kernel_w; ++kx) {
      const std::int64_t tap_x = in_x + kx * shape_.dilation_w;
      to = tap_x >= 0 && tap_x < in_.width ? copy(in_y, tap_x, 1, to) : fill(1, to);
    }
    return to;
  }

  Out* fill(std::int64_t pixels, Out* to) const { return std::fill_n(to, pixels * shape_.in_channels, pad_); }

  // `pixels` neighbours from (y, x) on, all inside the image.
  Out* copy(std::int64_t y, std::int64_t x, std::int64_t pixels, Out* to) const {
    if (pixels == 0) return to;
    const In* from = in_.pixel(y, x);
    if (in_.pixel_stride == shape_.in_channels) {
      copy_run_(from, pixels * shape_.in_channels, to);
      return to + pixels * shape_.in_channels;
    }
    for (std::int64_t i = 0; i < pixels; ++i, to += shape_.in_channels) copy_run_(from + i * in_.pixel_stride, shape_.in_channels, to);
    return to;
  }

  Conv2dShape shape_;
  ImageView<const In> in_;
  std::int64_t out_width_;
  Out pad_;
  Copy copy_run_;
  // For the patches inside of the image whose kernel rows are contiguous there.
  bool rows_are_runs_;
  std::int64_t last_inner_y_, last_inner_x_, run_, row_step_;
};

}  // namespace octet::kernels
