#include "runtime/memory_planner.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace octet {
namespace {

std::size_t rounded_up(std::size_t bytes, std::size_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

// The largest first, each at the lowest place that is free for its whole life.
MemoryLayout pack_by_size(std::span<const BufferLifetime> buffers, std::size_t alignment) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return buffers[a].bytes > buffers[b].bytes; });

  MemoryLayout layout{std::vector<std::size_t>(buffers.size()), 0};
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : order) {
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      const bool together = buffers[i].first_step <= buffers[other].last_step && buffers[other].first_step <= buffers[i].last_step;
      if (!together) continue;
      if (layout.offsets[other] >= offset + buffers[i].bytes) break;
      offset = std::max(offset, rounded_up(layout.offsets[other] + buffers[other].bytes, alignment));
    }
    layout.offsets[i] = offset;
    layout.total_bytes = std::max(layout.total_bytes, offset + buffers[i].bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](std::size_t a, std::size_t b) { return layout.offsets[a] < layout.offsets[b]; }),
                  i);
  }
  return layout;
}

// Memory that is taken and given back as time goes by: the tightest free block first, else more at the end.
class Heap {
 public:
  std::size_t take(std::size_t bytes) {
    const auto fit = by_size_.lower_bound({bytes, 0});
    if (fit == by_size_.end()) return std::exchange(end_, end_ + bytes);
    const auto [size, offset] = *fit;
    erase(offset);
    if (size > bytes) insert(offset + bytes, size - bytes);
    return offset;
  }

  void give(std::size_t offset, std::size_t bytes) {
    const auto next = free_.lower_bound(offset);
    if (next != free_.begin()) {
      const auto [before, size] = *std::prev(next);
      if (before + size == offset) {
        erase(before);
        offset = before;
        bytes += size;
      }
    }
    if (const auto after = free_.find(offset + bytes); after != free_.end()) {
      const std::size_t size = after->second;
      erase(offset + bytes);
      bytes += size;
    }
    insert(offset, bytes);
  }

 private:
  void insert(std::size_t offset, std::size_t bytes) {
    free_.emplace(offset, bytes);
    by_size_.emplace(bytes, offset);
  }
  void erase(std::size_t offset) {
    by_size_.erase({free_.at(offset), offset});
    free_.erase(offset);
  }

  std::map<std::size_t, std::size_t> free_;  // bytes by offset
  std::set<std::pair<std::size_t, std::size_t>> by_size_;
  std::size_t end_ = 0;
};

// In the order in which they come to life.
MemoryLayout pack_by_time(std::span<const BufferLifetime> buffers, std::size_t alignment) {
  std::vector<std::size_t> births(buffers.size());
  std::iota(births.begin(), births.end(), std::size_t{0});
  std::vector<std::size_t> deaths = births;
  std::stable_sort(births.begin(), births.end(),
                   [&](std::size_t a, std::size_t b) { return buffers[a].first_step < buffers[b].first_step; });
  std::stable_sort(deaths.begin(), deaths.end(), [&](std::size_t a, std::size_t b) { return buffers[a].last_step < buffers[b].last_step; });

  MemoryLayout layout{std::vector<std::size_t>(buffers.size()), 0};
  const auto size_of = [&](std::size_t i) { return rounded_up(buffers[i].bytes, alignment); };
  Heap heap;
  auto dead = deaths.begin();
  for (const std::size_t i : births) {
    for (; buffers[*dead].last_step < buffers[i].first_step; ++dead)
      if (buffers[*dead].bytes > 0) heap.give(layout.offsets[*dead], size_of(*dead));
    if (buffers[i].bytes == 0) continue;
    layout.offsets[i] = heap.take(size_of(i));
    layout.total_bytes = std::max(layout.total_bytes, layout.offsets[i] + buffers[i].bytes);
  }
  return layout;
}

}  // namespace

MemoryLayout plan_memory(std::span<const BufferLifetime> buffers, std::size_t alignment) {
  // Packing by size is the tighter one and looks at every pair; no detector has a tenth of these buffers.
  constexpr std::size_t kMostPairwise = 16384;
  return buffers.size() <= kMostPairwise ? pack_by_size(buffers, alignment) : pack_by_time(buffers, alignment);
}

}  // namespace octet
