#include "base/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"

namespace octet {
namespace {

constexpr int kFractionBits = 52, kBias = 1023, kLimbBits = 64;

constexpr std::uint64_t sign_limb(std::uint64_t limb) { return limb >> (kLimbBits - 1) != 0 ? ~std::uint64_t{0} : 0; }

}  // namespace

void ExactSum::add(double value) {
  if (value == 0) return;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int exponent = static_cast<int>(bits >> kFractionBits & 0x7ff) - kBias;  // of the highest bit
  const int position = exponent - kFractionBits - kLeastExponent;
  OCTET_CHECK(position >= 0 && exponent <= 256, "a number that an exact sum has no room for");
  const std::uint64_t one = std::uint64_t{1} << kFractionBits;
  add_shifted(one | (bits & (one - 1)), position, std::signbit(value));
}

// In two's complement: of a negative number all bits above its own two limbs are set, so that they, with the carry into them, are a limb of
// minus one, zero or one, which mostly ends the sum at once.
void ExactSum::add_shifted(std::uint64_t bits, int position, bool negative) {
  __extension__ using Wide = unsigned __int128;
  const Wide sign = negative ? ~Wide{0} : Wide{0};
  const Wide term = ((Wide{bits} << position % kLimbBits) ^ sign) - sign;
  std::uint64_t* limb = &limbs_[static_cast<std::size_t>(position / kLimbBits)];
  const Wide low = Wide{limb[0]} + static_cast<std::uint64_t>(term);
  const Wide high = Wide{limb[1]} + static_cast<std::uint64_t>(term >> kLimbBits) + static_cast<std::uint64_t>(low >> kLimbBits);
  limb[0] = static_cast<std::uint64_t>(low);
  limb[1] = static_cast<std::uint64_t>(high);
  std::uint64_t rest = static_cast<std::uint64_t>(sign) + static_cast<std::uint64_t>(high >> kLimbBits);
  for (limb += 2; rest != 0 && limb != limbs_.data() + kLimbs; ++limb) {
    *limb += rest;
    if (*limb != (rest == 1 ? 0 : ~std::uint64_t{0})) return;
  }
}

void ExactSum::add(const ExactSum& other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const std::uint64_t with_carry = other.limbs_[i] + carry;
    carry = with_carry < carry ? 1 : 0;
    limbs_[i] += with_carry;
    carry += limbs_[i] < with_carry ? 1 : 0;
  }
}

double ExactSum::value() const {
  const bool negative = sign_limb(limbs_.back()) != 0;
  Limbs magnitude = limbs_;
  if (negative) {
    std::uint64_t carry = 1;
    for (std::uint64_t& limb : magnitude) {
      limb = ~limb + carry;
      carry = limb == 0 && carry != 0 ? 1 : 0;
    }
  }
  std::size_t top = kLimbs - 1;
  while (top > 0 && magnitude[top] == 0) --top;
  if (magnitude[top] == 0) return 0;
  // The 64 highest bits; whether anything is below them decides between two doubles that are as near.
  const int zeros = std::countl_zero(magnitude[top]);
  const std::uint64_t below = top > 0 ? magnitude[top - 1] : 0;
  std::uint64_t highest = magnitude[top] << zeros | (zeros > 0 ? below >> (kLimbBits - zeros) : 0);
  bool has_rest = zeros > 0 ? below << zeros != 0 : below != 0;
  for (std::size_t i = 0; i + 1 < top; ++i) has_rest = has_rest || magnitude[i] != 0;
  if (has_rest) highest |= 1;
  const double value = std::ldexp(static_cast<double>(highest), static_cast<int>(top) * kLimbBits - zeros + kLeastExponent);
  return negative ? -value : value;
}

// Without the zeros at its lower end and the copies of its sign at its upper one.
void ExactSum::write(ByteWriter& bytes) const {
  std::size_t first = 0, last = kLimbs;
  while (first < kLimbs && limbs_[first] == 0) ++first;
  while (last > first + 1 && limbs_[last - 1] == sign_limb(limbs_[last - 2])) --last;
  bytes.add(static_cast<std::uint8_t>(first));
  bytes.add(static_cast<std::uint8_t>(last - first));
  bytes.add(std::span(limbs_).subspan(first, last - first));
}

ExactSum ExactSum::read(ByteReader& bytes) {
  const std::size_t first = bytes.get<std::uint8_t>(), count = bytes.get<std::uint8_t>();
  ExactSum sum;
  const auto limbs = bytes.get<std::uint64_t>(first + count <= kLimbs ? count : UINT64_MAX);
  if (limbs.empty()) return sum;
  std::ranges::copy(limbs, sum.limbs_.begin() + static_cast<std::ptrdiff_t>(first));
  std::fill(sum.limbs_.begin() + static_cast<std::ptrdiff_t>(first + count), sum.limbs_.end(), sign_limb(limbs.back()));
  return sum;
}

}  // namespace octet
