#include "kernels/tensor/grid_sample.h"

#include <array>
#include <cmath>

namespace octet::kernels {
namespace {

// The four pixels around a place and their shares; a pixel outside is pixel 0 with no share.
struct Corners {
  std::array<std::int32_t, 4> pixels;
  std::array<float, 4> shares;
};

float pixel_place(float place, std::int64_t size, bool align_corners) {
  const auto pixels = static_cast<float>(size);
  return align_corners ? (place + 1) / 2 * (pixels - 1) : ((place + 1) * pixels - 1) / 2;
}

Corners corners_of(const GridSampleF32& sample, const float* place) {
  const float x = pixel_place(place[0], sample.width, sample.align_corners), y = pixel_place(place[1], sample.height, sample.align_corners);
  Corners corners{};
  // What lies a pixel or more outside, infinities and what is no number among it, has no pixels.
  if (!(x > -1 && y > -1 && x < static_cast<float>(sample.width) && y < static_cast<float>(sample.height))) return corners;
  const float left = std::floor(x), top = std::floor(y), right_share = x - left, low_share = y - top;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto column = static_cast<std::int64_t>(left) + static_cast<std::int64_t>(i % 2),
               row = static_cast<std::int64_t>(top) + static_cast<std::int64_t>(i / 2);
    if (column < 0 || column >= sample.width || row < 0 || row >= sample.height) continue;
    corners.pixels[i] = static_cast<std::int32_t>(row * sample.width + column);
    corners.shares[i] = (i % 2 != 0 ? right_share : 1 - right_share) * (i / 2 != 0 ? low_share : 1 - low_share);
  }
  return corners;
}

}  // namespace

std::size_t grid_sample_f32_scratch_bytes(const GridSampleF32& sample) { return static_cast<std::size_t>(sample.places) * sizeof(Corners); }

// A task is one picture: its corners serve all channels.
void grid_sample_f32(const GridSampleF32& sample, std::span<const float> planes, std::span<const float> grid, std::span<float> out,
                     ThreadPool& pool) {
  pool.run_each(sample.batch, grid_sample_f32_scratch_bytes(sample), [&](std::int64_t n, std::byte* scratch) {
    auto* corners = reinterpret_cast<Corners*>(scratch);
    for (std::int64_t i = 0; i < sample.places; ++i) corners[i] = corners_of(sample, grid.data() + (n * sample.places + i) * 2);
    for (std::int64_t c = 0; c < sample.channels; ++c) {
      const float* plane = planes.data() + (n * sample.channels + c) * sample.height * sample.width;
      float* to = out.data() + (n * sample.channels + c) * sample.places;
      for (std::int64_t i = 0; i < sample.places; ++i) {
        const auto& [pixels, shares] = corners[i];
        to[i] =
            (plane[pixels[0]] * shares[0] + plane[pixels[1]] * shares[1]) + (plane[pixels[2]] * shares[2] + plane[pixels[3]] * shares[3]);
      }
    }
  });
}

}  // namespace octet::kernels
