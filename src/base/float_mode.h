#pragma once

#include <cstdint>

// How the floating-point unit of a thread rounds, what it signals, and whether it computes with denormal numbers.
namespace octet {

// Of the calling thread; on processors that are not known, 0, which sets nothing.
inline std::uint64_t float_mode() {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr();
#elif defined(__aarch64__)
  std::uint64_t mode;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
#else
  return 0;
#endif
}

inline void set_float_mode([[maybe_unused]] std::uint64_t mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(static_cast<std::uint32_t>(mode));
#elif defined(__aarch64__)
  asm volatile("msr fpcr, %0" : : "r"(mode));
#endif
}

// While one of these lives, its thread takes denormal numbers for zeros and makes none: arithmetic with them is tens of times slower
// than with others.
class FlushDenormals {
 public:
  FlushDenormals() : before_(float_mode()) { set_float_mode(before_ | kFlush); }
  ~FlushDenormals() { set_float_mode(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__x86_64__)
  static constexpr std::uint64_t kFlush = 0x8040;  // of results, and of operands
#elif defined(__aarch64__)
  static constexpr std::uint64_t kFlush = 1 << 24;
#else
  static constexpr std::uint64_t kFlush = 0;
#endif

  std::uint64_t before_;
};

}  // namespace octet
