#include "kernels/activation/x86/activation_avx512.h"

#include <cstddef>

#include "kernels/activation/activation_kernels.h"
#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"

namespace octet::kernels::avx512 {
namespace {

constexpr std::size_t kStep = 16;

template <Activation::Kind kKind>
OCTET_AVX512 void activate_all(const Activation& activation, std::span<const float> in, std::span<float> out) {
  const Vec a = set(activation.a), b = set(activation.b);
  std::size_t i = 0;
  for (; i + kStep <= in.size(); i += kStep) _mm512_storeu_ps(out.data() + i, activate<kKind>(_mm512_loadu_ps(in.data() + i), a, b));
  for (; i < in.size(); ++i) out[i] = scalar::activate<kKind>(in[i], activation.a, activation.b);
}

}  // namespace

void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out) {
  with_kind(activation.kind, [&](auto kind) { activate_all<kind()>(activation, in, out); });
}

}  // namespace octet::kernels::avx512
