#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/depthwise2d/depthwise2d_rows.h"
#include "kernels/pixel_runs.h"

namespace octet::kernels::depthwise {

// Channels first to first + channels - 1, made by kernels number `kernels` of a level.
struct Block {
  std::int64_t first = 0;
  int channels = 0;
  std::size_t kernels = 0;
  std::size_t line = 0;  // where its constants begin in the packed lines
};

struct alignas(64) Line {
  std::byte bytes[64];
};

inline std::size_t lines_of(std::size_t bytes) { return (bytes + sizeof(Line) - 1) / sizeof(Line); }

// Cuts the channels into blocks as wide as the kernels have them, the widest first; the last one may be filled in part, and lack fewer
// channels than the narrowest block has.
template <typename Kernels>
std::vector<Block> cut_blocks(std::int64_t channels, std::span<const Kernels> kernels) {
  std::vector<Block> blocks;
  for (std::int64_t first = 0; first < channels;) {
    std::size_t k = 0;
    while (k + 1 < kernels.size() && kernels[k].channels - kernels.back().channels >= channels - first) ++k;
    const int count = static_cast<int>(std::min<std::int64_t>(kernels[k].channels, channels - first));
    blocks.push_back({first, count, k, 0});
    first += count;
  }
  return blocks;
}

// Output rows that make a task.
inline std::int64_t row_grain(const Depthwise2dShape& shape, std::int64_t out_width) {
  return task_grain(out_width * shape.channels * std::max<std::int64_t>(1, shape.kernel_h * shape.kernel_w / 4));
}

// The channels of a block as an image of its own.
template <typename T>
ImageView<T> from_channel(ImageView<T> view, std::int64_t first) {
  view.data += first;
  return view;
}

}  // namespace octet::kernels::depthwise
