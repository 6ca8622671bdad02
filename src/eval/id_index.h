#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace octet {

// Places of ids in a list, found by a hash table that is at most half full.
class IdIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // `ids` has no id twice, and fewer than kNone of them.
  explicit IdIndex(std::span<const std::int64_t> ids);

  // kNone for an id that the list lacks.
  std::uint32_t find(std::int64_t id) const {
    for (std::size_t slot = first_slot(id);; slot = (slot + 1) & mask_)
      if (slots_[slot].place == kNone || slots_[slot].id == id) return slots_[slot].place;
  }

 private:
  struct Slot {
    std::int64_t id = 0;
    std::uint32_t place = kNone;
  };

  // Fibonacci hashing (Knuth, "The Art of Computer Programming", volume 3, section 6.4).
  std::size_t first_slot(std::int64_t id) const { return (static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15u >> 32) & mask_; }

  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace octet
