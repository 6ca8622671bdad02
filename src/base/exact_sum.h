#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace octet {

// The sum of numbers without any rounding, so that neither their order nor how they are shared out matters: an integer that is wide enough
// for floats and for products of two floats, 2^80 of them.
class ExactSum {
 public:
  // Zero, or a finite number of magnitude 2^-298, the least product of two floats, to 2^256.
  void add(double value);
  void add(const ExactSum& other);

  // Rounded once, to the nearest double, of two as near to the even one.
  double value() const;

  bool operator==(const ExactSum&) const = default;

  void write(ByteWriter& bytes) const;
  // Zero where the bytes are none that write() made; `bytes` says so.
  static ExactSum read(ByteReader& bytes);

 private:
  static constexpr int kLeastExponent = -350;  // of the lowest bit: 52 below that of the least number
  static constexpr std::size_t kLimbs = 11;    // of 64 bits
  using Limbs = std::array<std::uint64_t, kLimbs>;

  void add_shifted(std::uint64_t bits, int position, bool negative);

  Limbs limbs_{};  // lowest first, in two's complement
};

}  // namespace octet
