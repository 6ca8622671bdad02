#include "base/falling_order.h"

#include <array>
#include <bit>
#include <cstddef>
#include <utility>

namespace octet {
namespace {

constexpr int kDigitBits = 11, kDigits = 6;
static_assert(kDigitBits * kDigits >= 64);
constexpr std::size_t kDigitValues = std::size_t{1} << kDigitBits;

// Integers that rise as the key falls; zeros are one whatever their sign.
std::uint64_t falling_bits(double key) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  const auto bits = std::bit_cast<std::uint64_t>(key + 0.0);
  return (bits & kSign) != 0 ? bits : ~bits & ~kSign;
}

std::size_t digit_of(std::uint64_t bits, int digit) { return bits >> (digit * kDigitBits) & (kDigitValues - 1); }

struct Entry {
  std::uint64_t bits;
  std::uint32_t place;
};

}  // namespace

std::vector<std::uint32_t> falling_order(std::span<const double> keys) {
  std::vector<Entry> entries(keys.size()), sorted(keys.size());
  std::array<std::array<std::uint32_t, kDigitValues>, kDigits> counts{};
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    entries[i] = {falling_bits(keys[i]), i};
    for (int digit = 0; digit < kDigits; ++digit) ++counts[static_cast<std::size_t>(digit)][digit_of(entries[i].bits, digit)];
  }
  for (int digit = 0; digit < kDigits && !entries.empty(); ++digit) {
    auto& places = counts[static_cast<std::size_t>(digit)];
    if (places[digit_of(entries[0].bits, digit)] == entries.size()) continue;  // all have the same
    std::uint32_t begin = 0;
    for (std::uint32_t& place : places) begin += std::exchange(place, begin);
    for (const Entry& entry : entries) sorted[places[digit_of(entry.bits, digit)]++] = entry;
    entries.swap(sorted);
  }
  std::vector<std::uint32_t> order;
  order.reserve(entries.size());
  for (const Entry& entry : entries) order.push_back(entry.place);
  return order;
}

}  // namespace octet
