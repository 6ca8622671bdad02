#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"

namespace octet::kernels {

// Bilinear samples of planes [batch, channels, height, width] at places (x, y) of [batch, places, 2], -1 to 1 from edge to edge: of the
// corner pixels' centres with `align_corners`, else of the picture. Outside there are zeros.
struct GridSampleF32 {
  std::int64_t batch = 1, channels = 1, height = 1, width = 1, places = 1;
  bool align_corners = false;
};

// Scratch that a run takes of each thread.
std::size_t grid_sample_f32_scratch_bytes(const GridSampleF32& sample);

// `out` is [batch, channels, places]. The same bits on any number of threads.
void grid_sample_f32(const GridSampleF32& sample, std::span<const float> planes, std::span<const float> grid, std::span<float> out,
                     ThreadPool& pool);

}  // namespace octet::kernels
