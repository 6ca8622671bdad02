#pragma once

#include <bit>
#include <cstdint>

namespace octet::kernels {

// A bfloat16, which is the upper half of a float.
struct Bf16 {
  std::uint16_t bits = 0;

  Bf16() = default;
  // To the nearest, of two to the even one, as vcvtneps2bf16 rounds: numbers below the least normal one become zeros of their sign, what is
  // beyond the greatest becomes infinite, and what is no number stays none.
  explicit Bf16(float x) : bits(rounded(std::bit_cast<std::uint32_t>(x))) {}

  explicit operator float() const { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

 private:
  static constexpr std::uint16_t rounded(std::uint32_t x) {
    constexpr std::uint32_t kExponent = 0x7f800000, kSign = 0x80000000, kQuiet = 0x00400000;
    if ((x & kExponent) == 0) return static_cast<std::uint16_t>((x & kSign) >> 16);
    if ((x & ~kSign) > kExponent) return static_cast<std::uint16_t>((x | kQuiet) >> 16);
    return static_cast<std::uint16_t>((x + 0x7fff + (x >> 16 & 1)) >> 16);
  }
};

}  // namespace octet::kernels
