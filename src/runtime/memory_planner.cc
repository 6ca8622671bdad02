#include "runtime/memory_planner.h"

#include <algorithm>
#include <numeric>

namespace octet {

MemoryLayout plan_memory(std::span<const BufferLifetime> buffers, std::size_t alignment) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return buffers[a].bytes > buffers[b].bytes; });

  MemoryLayout layout{std::vector<std::size_t>(buffers.size()), 0};
  const auto rounded = [&](std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; };
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : order) {
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      const bool together = buffers[i].first_step <= buffers[other].last_step && buffers[other].first_step <= buffers[i].last_step;
      if (!together) continue;
      if (layout.offsets[other] >= offset + buffers[i].bytes) break;
      offset = std::max(offset, rounded(layout.offsets[other] + buffers[other].bytes));
    }
    layout.offsets[i] = offset;
    layout.total_bytes = std::max(layout.total_bytes, offset + buffers[i].bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i, [&](std::size_t a, std::size_t b) { return layout.offsets[a] < layout.offsets[b]; }), i);
  }
  return layout;
}

}  // namespace octet
