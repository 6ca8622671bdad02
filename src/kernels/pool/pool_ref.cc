#include <limits>

#include "kernels/pool/pool_kernels.h"

namespace octet::kernels::ref {
namespace {

// Calls work(y, x) for each place of the window of output (out_y, out_x), padding included.
template <typename Work>
void for_each_place(const PoolShape& shape, std::int64_t out_y, std::int64_t out_x, const Work& work) {
  for (std::int64_t ky = 0; ky < shape.kernel_h; ++ky)
    for (std::int64_t kx = 0; kx < shape.kernel_w; ++kx)
      work(out_y * shape.stride_h - shape.pad_top + ky * shape.dilation_h, out_x * shape.stride_w - shape.pad_left + kx * shape.dilation_w);
}

template <typename T>
bool is_inside(const ImageView<T>& in, std::int64_t y, std::int64_t x) {
  return y >= 0 && y < in.height && x >= 0 && x < in.width;
}

template <typename T>
void max_row(const PoolShape& shape, ImageView<const T> in, ImageView<T> out, std::int64_t y, T lowest) {
  for (std::int64_t x = 0; x < out.width; ++x)
    for (std::int64_t c = 0; c < out.channels; ++c) {
      T best = lowest;
      for_each_place(shape, y, x, [&](std::int64_t in_y, std::int64_t in_x) {
        if (is_inside(in, in_y, in_x) && in.pixel(in_y, in_x)[c] > best) best = in.pixel(in_y, in_x)[c];
      });
      out.pixel(y, x)[c] = best;
    }
}

}  // namespace

void max_pool_row_f32(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  max_row(shape, in, out, y, std::numeric_limits<float>::lowest());
}

void max_pool_row_u8(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, std::int64_t y) {
  max_row(shape, in, out, y, std::uint8_t{0});
}

void avg_pool_row_f32(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  for (std::int64_t x = 0; x < out.width; ++x) {
    const int places = counted_places(shape, in.height, in.width, y, x);
    for (std::int64_t c = 0; c < out.channels; ++c) {
      float sum = 0;
      for_each_place(shape, y, x, [&](std::int64_t in_y, std::int64_t in_x) {
        if (is_inside(in, in_y, in_x)) sum += in.pixel(in_y, in_x)[c];
      });
      out.pixel(y, x)[c] = places == 0 ? 0.0f : sum / static_cast<float>(places);
    }
  }
}

}  // namespace octet::kernels::ref
