#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/scratch_vector.h"

namespace octet {

// Places of ids in a list, found by a hash table that is at most half full.
class IdIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // `ids`, which must outlive this, has no id twice, and fewer than kNone of them.
  explicit IdIndex(std::span<const std::int64_t> ids);

  // kNone for an id that the list lacks.
  std::uint32_t find(std::int64_t id) const {
    for (std::size_t slot = first_slot(id);; slot = (slot + 1) & mask_)
      if (const std::uint32_t place = slots_[slot]; place == kNone || ids_[place] == id) return place;
  }

 private:
  // Fibonacci hashing (Knuth, "The Art of Computer Programming", volume 3, section 6.4).
  std::size_t first_slot(std::int64_t id) const { return (static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15u >> 32) & mask_; }

  std::span<const std::int64_t> ids_;
  ScratchVector<std::uint32_t> slots_;  // the place of the id that is kept there
  std::size_t mask_;
};

}  // namespace octet
