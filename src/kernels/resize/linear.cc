#include "kernels/resize/linear.h"

#include <algorithm>

namespace octet::kernels {

void resize_linear(ImageView<const float> in, std::span<const LinearTap> rows, std::span<const LinearTap> columns, ImageView<float> out,
                   ThreadPool& pool) {
  constexpr std::int64_t kGrainElements = 16384;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrainElements / std::max<std::int64_t>(1, out.width * out.channels));
  pool.run(out.height, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const LinearTap& row = rows[static_cast<std::size_t>(y)];
      for (std::int64_t x = 0; x < out.width; ++x) {
        const LinearTap& column = columns[static_cast<std::size_t>(x)];
        const float *top_left = in.pixel(row.low, column.low), *top_right = in.pixel(row.low, column.high);
        const float *low_left = in.pixel(row.high, column.low), *low_right = in.pixel(row.high, column.high);
        const float right = column.share_of_high, left = 1 - right, low = row.share_of_high, top = 1 - low;
        float* to = out.pixel(y, x);
        for (std::int64_t c = 0; c < out.channels; ++c)
          to[c] = (top_left[c] * left + top_right[c] * right) * top + (low_left[c] * left + low_right[c] * right) * low;
      }
    }
  });
}

}  // namespace octet::kernels
