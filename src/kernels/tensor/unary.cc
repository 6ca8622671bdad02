#include "kernels/tensor/unary.h"

#include <cmath>
#include <numbers>

namespace octet::kernels {
namespace {

template <typename F>
void for_each(std::span<const float> in, std::span<float> out, ThreadPool& pool, F function) {
  constexpr std::int64_t kGrain = 8192;
  pool.run(static_cast<std::int64_t>(out.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) out[i] = function(in[i]);
  });
}

float gelu(float x) { return x * 0.5f * (1 + std::erf(x / std::numbers::sqrt2_v<float>)); }

float gelu_tanh(float x) {
  const float slope = std::sqrt(2 / std::numbers::pi_v<float>);
  return x * 0.5f * (1 + std::tanh(slope * (x + 0.044715f * x * x * x)));
}

}  // namespace

void unary_f32(Function function, std::span<const float> in, std::span<float> out, ThreadPool& pool) {
  switch (function) {
    case Function::kSqrt:
      return for_each(in, out, pool, [](float x) { return std::sqrt(x); });
    case Function::kAbs:
      return for_each(in, out, pool, [](float x) { return std::fabs(x); });
    case Function::kNegative:
      return for_each(in, out, pool, [](float x) { return -x; });
    case Function::kFloor:
      return for_each(in, out, pool, [](float x) { return std::floor(x); });
    case Function::kCeiling:
      return for_each(in, out, pool, [](float x) { return std::ceil(x); });
    case Function::kRound:
      return for_each(in, out, pool, [](float x) { return std::nearbyint(x); });
    case Function::kSign:
      return for_each(in, out, pool, [](float x) { return x > 0 ? 1.0f : x < 0 ? -1.0f : x; });
    case Function::kSquare:
      return for_each(in, out, pool, [](float x) { return x * x; });
    case Function::kLog:
      return for_each(in, out, pool, [](float x) { return std::log(x); });
    case Function::kErf:
      return for_each(in, out, pool, [](float x) { return std::erf(x); });
    case Function::kSin:
      return for_each(in, out, pool, [](float x) { return std::sin(x); });
    case Function::kCos:
      return for_each(in, out, pool, [](float x) { return std::cos(x); });
    case Function::kGelu:
      return for_each(in, out, pool, gelu);
    case Function::kGeluTanh:
      return for_each(in, out, pool, gelu_tanh);
  }
}

}  // namespace octet::kernels
