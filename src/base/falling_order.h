#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octet {

// The places of keys by falling key, equal ones in their order. Keys are no NaN, and fewer than 2^32. By digits from the lowest one on,
// which takes linear time (Knuth, "The Art of Computer Programming", volume 3, section 5.2.5).
std::vector<std::uint32_t> falling_order(std::span<const double> keys);

}  // namespace octet
