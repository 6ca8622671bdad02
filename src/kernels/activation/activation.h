#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "base/cpu.h"

namespace octet::kernels {

// What is done to a real value after a linear operation. Every level computes the same bits: only correctly
// rounded IEEE operations (add, mul, fma, div, min, max, round) in one stated order, exp by one polynomial. NaN gives NaN.
struct Activation {
  enum class Kind : std::uint8_t {
    kNone,
    kRelu,
    kClamp,  // min(max(x, a), b)
    kLeaky,  // x < 0 ? a * x : x, for any a
    kMish,
    kSwish,
    kSigmoid,
    kTanh,
    kHSwish,
    kHSigmoid,
    kHardSigmoid,  // min(max(a * x + b, 0), 1)
    kExp,
  };
  Kind kind = Kind::kNone;
  float a = 0, b = 0;
};
inline constexpr int kActivationKinds = static_cast<int>(Activation::Kind::kExp) + 1;

// The range that results are kept in: all numbers, unless it is said.
struct Limits {
  float lowest = -std::numeric_limits<float>::infinity(), highest = std::numeric_limits<float>::infinity();
};

// The limits that are all that an activation does; nothing for one that is no clamp.
std::optional<Limits> limits_of(const Activation& activation);

// True if the activation commutes with a positive factor (kNone, kRelu, kLeaky, and kClamp with scaled limits).
bool is_scalable(const Activation& activation);

// The activation that gives factor * f(x) for factor * x; only for is_scalable ones.
Activation scaled(const Activation& activation, float factor);

// One value: the definition.
float activate(const Activation& activation, float x);

// out[i] = activate(activation, in[i]), the same bits by every kernel; in and out have one length and may be the same memory.
void activate(const Activation& activation, std::span<const float> in, std::span<float> out, const Isa& isa);

// One value as mathematics has it, in double precision: what the kernels are checked against. exp and the functions made of it are within
// 6e-7 of it, relative, and as much absolute near zeros of the hard ones.
double activate_ref(const Activation& activation, double x);

}  // namespace octet::kernels
