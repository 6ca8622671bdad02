#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace octet {

// A block of memory that must exist from one step to another, both included.
struct BufferLifetime {
  std::size_t bytes = 0;
  std::size_t first_step = 0, last_step = 0;
};

struct MemoryLayout {
  std::vector<std::size_t> offsets;  // one a buffer
  std::size_t total_bytes = 0;
};

// Packs buffers into one arena so that no two that live at the same time overlap; one without bytes may lie anywhere.
// Offsets are multiples of `alignment`. The time for n buffers is O(n log n) beyond a number that no real network has.
MemoryLayout plan_memory(std::span<const BufferLifetime> buffers, std::size_t alignment);

}  // namespace octet
