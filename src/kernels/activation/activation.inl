// Spans of activations, written once: see kernels/target.h. The formulas are included before.

namespace {

template <Activation::Kind kKind>
OCTET_TARGET void activate_all(const Activation& activation, std::span<const float> in, std::span<float> out) {
  const Vec a = set(activation.a), b = set(activation.b);
  constexpr int kParts = bundle::kParts;
  std::size_t i = 0;
  for (; i + kParts * kLanes <= in.size(); i += kParts * kLanes) {
    bundle::Vec x;
#pragma GCC unroll 16
    for (int part = 0; part < kParts; ++part) x.part[part] = load(in.data() + i + part * kLanes);
    x = bundle::activate<kKind>(x, bundle::set(activation.a), bundle::set(activation.b));
#pragma GCC unroll 16
    for (int part = 0; part < kParts; ++part) store(out.data() + i + part * kLanes, x.part[part]);
  }
  for (; i + kLanes <= in.size(); i += kLanes) store(out.data() + i, activate<kKind>(load(in.data() + i), a, b));
  for (; i < in.size(); ++i) out[i] = scalar::activate<kKind>(in[i], activation.a, activation.b);
}

}  // namespace

void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out) {
  with_kind(activation.kind, [&](auto kind) { activate_all<kind()>(activation, in, out); });
}
