// Pooling of whole pixels: each tap of the window goes over all channels, so that a compiler finds vectors in it.
#include <algorithm>
#include <limits>

#include "kernels/pool/pool_kernels.h"

namespace octet::kernels::portable {
namespace {

// Calls work(input pixel) for the taps of output (y, x) that lie inside, row by row.
template <typename T, typename Work>
void for_each_tap(const PoolShape& s, const ImageView<const T>& in, std::int64_t y, std::int64_t x, const Work& work) {
  const Taps rows = taps_inside(y, s.stride_h, s.pad_top, s.kernel_h, s.dilation_h, in.height);
  const Taps columns = taps_inside(x, s.stride_w, s.pad_left, s.kernel_w, s.dilation_w, in.width);
  for (std::int64_t ky = rows.first; ky < rows.last; ++ky)
    for (std::int64_t kx = columns.first; kx < columns.last; ++kx)
      work(in.pixel(rows.start + ky * s.dilation_h, columns.start + kx * s.dilation_w));
}

template <typename T>
void max_row(const PoolShape& shape, const ImageView<const T>& in, const ImageView<T>& out, std::int64_t y) {
  for (std::int64_t x = 0; x < out.width; ++x) {
    T* best = out.pixel(y, x);
    std::fill_n(best, out.channels, std::numeric_limits<T>::lowest());
    for_each_tap(shape, in, y, x, [&](const T* pixel) {
      for (std::int64_t c = 0; c < out.channels; ++c) best[c] = pixel[c] > best[c] ? pixel[c] : best[c];
    });
  }
}

}  // namespace

void max_pool_row_f32(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  max_row(shape, in, out, y);
}

void max_pool_row_u8(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, std::int64_t y) {
  max_row(shape, in, out, y);
}

void avg_pool_row_f32(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y) {
  for (std::int64_t x = 0; x < out.width; ++x) {
    float* mean = out.pixel(y, x);
    std::fill_n(mean, out.channels, 0.0f);
    for_each_tap(shape, in, y, x, [&](const float* pixel) {
      for (std::int64_t c = 0; c < out.channels; ++c) mean[c] += pixel[c];
    });
    const int places = counted_places(shape, in.height, in.width, y, x);
    for (std::int64_t c = 0; c < out.channels; ++c) mean[c] = places == 0 ? 0.0f : mean[c] / static_cast<float>(places);
  }
}

}  // namespace octet::kernels::portable
