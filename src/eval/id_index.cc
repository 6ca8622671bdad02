#include "eval/id_index.h"

#include <bit>

namespace octet {

IdIndex::IdIndex(std::span<const std::int64_t> ids)
    : ids_(ids), slots_(std::bit_ceil(2 * ids.size() + 1), kNone), mask_(slots_.size() - 1) {
  for (std::size_t place = 0; place < ids.size(); ++place) {
    std::size_t slot = first_slot(ids[place]);
    while (slots_[slot] != kNone) slot = (slot + 1) & mask_;
    slots_[slot] = static_cast<std::uint32_t>(place);
  }
}

}  // namespace octet
