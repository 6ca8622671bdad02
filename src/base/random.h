#pragma once

#include <cstdint>
#include <random>

namespace octet {

// Uniform in [0, count), 0 < count < 2^63: the same draws on every machine, which std::uniform_int_distribution does not promise. Takes
// remainders without a division.
class UniformBelow {
 public:
  explicit UniformBelow(std::uint64_t count) : count_(count), unbiased_(kMost - kMost % count), inverse_(kMost / count) {}

  std::uint64_t operator()(std::mt19937_64& random) const {
    std::uint64_t value = random();
    while (value >= unbiased_) value = random();
    __extension__ using Product = unsigned __int128;
    const auto quotient = static_cast<std::uint64_t>(Product{value} * inverse_ >> 64);  // or one less than it
    const std::uint64_t rest = value - quotient * count_;
    return rest < count_ ? rest : rest - count_;
  }

 private:
  static constexpr std::uint64_t kMost = std::mt19937_64::max();
  std::uint64_t count_, unbiased_, inverse_;
};

inline std::uint64_t draw_below(std::mt19937_64& random, std::uint64_t count) { return UniformBelow(count)(random); }

}  // namespace octet
