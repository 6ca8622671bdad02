#include "kernels/activation/activation.h"

#include <cstddef>

#include "base/check.h"
#include "kernels/activation/activation_kernels.h"
#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"

namespace octet::kernels {

void portable::activate_span(const Activation& activation, std::span<const float> in, std::span<float> out) {
  with_kind(activation.kind, [&](auto kind) {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = scalar::activate<kind()>(in[i], activation.a, activation.b);
  });
}

std::optional<Limits> limits_of(const Activation& activation) {
  using Kind = Activation::Kind;
  if (activation.kind == Kind::kNone) return Limits{};
  if (activation.kind == Kind::kRelu) return Limits{.lowest = 0};
  if (activation.kind == Kind::kClamp) return Limits{activation.a, activation.b};
  return std::nullopt;
}

bool is_scalable(const Activation& activation) {
  using Kind = Activation::Kind;
  return activation.kind == Kind::kNone || activation.kind == Kind::kRelu || activation.kind == Kind::kLeaky ||
         activation.kind == Kind::kClamp;
}

Activation scaled(const Activation& activation, float factor) {
  OCTET_CHECK(is_scalable(activation), "an activation that does not commute with a factor was scaled");
  Activation result = activation;
  if (activation.kind == Activation::Kind::kClamp) {
    result.a *= factor;
    result.b *= factor;
  }
  return result;
}

float activate(const Activation& activation, float x) {
  return with_kind(activation.kind, [&](auto kind) { return scalar::activate<kind()>(x, activation.a, activation.b); });
}

void activate(const Activation& activation, std::span<const float> in, std::span<float> out, const Isa& isa) {
  OCTET_CHECK(in.size() == out.size(), "activation of spans of different lengths");
  best_kernel<ActivateKernels>(isa).run(activation, in, out);
}

}  // namespace octet::kernels
