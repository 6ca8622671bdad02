#include "kernels/conv2d/panels.h"

#include <algorithm>

namespace octet::kernels {

std::vector<Panel> split_into_panels(std::int64_t out_channels, int lanes, std::int64_t depth, int most_vectors) {
  std::vector<Panel> panels;
  std::size_t offset = 0;
  std::int64_t first = 0, vectors_left = (out_channels + lanes - 1) / lanes;
  for (std::int64_t panels_left = (vectors_left + most_vectors - 1) / most_vectors; panels_left > 0; --panels_left) {
    const std::int64_t vectors = (vectors_left + panels_left - 1) / panels_left;
    const std::int64_t channels = std::min(out_channels - first, vectors * lanes);
    panels.push_back({first, channels, static_cast<int>(vectors), offset});
    offset += static_cast<std::size_t>(vectors * lanes * depth);
    first += channels;
    vectors_left -= vectors;
  }
  return panels;
}

std::size_t packed_size(const std::vector<Panel>& panels, int lanes, std::int64_t depth) {
  return panels.empty() ? 0 : panels.back().offset + static_cast<std::size_t>(panels.back().vectors * lanes * depth);
}

std::int64_t most_rows_of_a_task(std::int64_t pixels, std::int64_t row_bytes, std::int64_t tile_rows) {
  constexpr std::int64_t kBlockBytes = 256 * 1024;
  const std::int64_t rows = std::max(2 * tile_rows, kBlockBytes / std::max<std::int64_t>(row_bytes, 1) / tile_rows * tile_rows);
  return std::min(rows, pixels);
}

Tasks split_into_tasks(std::int64_t pixels, std::int64_t row_bytes, std::int64_t tile_rows, std::int64_t panels, int threads) {
  const std::int64_t rows = std::max<std::int64_t>(1, most_rows_of_a_task(pixels, row_bytes, tile_rows));
  Tasks tasks{pixels, std::max<std::int64_t>(1, (pixels + rows - 1) / rows), panels, 1};
  if (threads == 1) return tasks;
  const std::int64_t wanted = kTasksPerThread * threads;
  const std::int64_t most_blocks = std::max<std::int64_t>(1, pixels / (2 * tile_rows));
  tasks.blocks = std::max(tasks.blocks, std::min(wanted, most_blocks));
  tasks.groups = std::clamp<std::int64_t>(wanted / tasks.blocks, 1, panels);
  return tasks;
}

}  // namespace octet::kernels
