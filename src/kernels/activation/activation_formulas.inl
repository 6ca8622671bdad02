// The activations, written once, with the operations of x86/vec_avx2.h; activation_scalar.h has them for one value. No include guard:
// it is included once for each set of vectors, inside of its namespace.
//
// The order of the operations is part of the definition: all levels compute the same bits. NaN stays NaN.

// Clamps, keeping NaN.
OCTET_OP Vec clamp(Vec x, Vec lowest, Vec highest) { return min(highest, max(lowest, x)); }

// exp(x - exponent * ln 2), x being within half of ln 2 of that; ln 2 is split so that the first product is exact. The polynomial is the
// minimax one in relative error (3.1e-9) among those with exp(0) = 1 and slope 1.
OCTET_OP Vec exp_of_rest(Vec x, Vec exponent) {
  const Vec rest = fma(exponent, set(-0x1.7f7d1cp-20f), fma(exponent, set(-0x1.62e4p-1f), x));
  Vec p = set(0.00138146023f);
  p = fma(p, rest, set(0.00836871192f));
  p = fma(p, rest, set(0.041668389f));
  p = fma(p, rest, set(0.166665211f));
  p = fma(p, rest, set(0.49999994f));
  p = fma(p, rest, set(1.0f));
  return fma(p, rest, set(1.0f));
}

// 2^exponent for exponent in -126..127.
OCTET_OP Vec power_of_two(Ints exponent) { return float_of(shift_left<23>(add_ints(exponent, set_ints(127)))); }

// exp of x in -87.3..88.3, where results are normal numbers. Adding kRounding rounds to even and leaves the exponent in the lowest bits,
// from where it is added to that of the mantissa: the same bits as a multiplication by 2^exponent.
OCTET_OP Vec exp_in_range(Vec x) {
  constexpr float kRounding = 0x1.8p+23f;
  const Vec rounded = add(mul(x, set(0x1.715476p+0f)), set(kRounding));
  const Vec mantissa = exp_of_rest(x, sub(rounded, set(kRounding)));
  return float_of(add_ints(bits_of(mantissa), shift_left<23>(bits_of(rounded))));
}

// exp of x that is taken into that range first. For use inside other formulas.
OCTET_OP Vec exp_normal(Vec x) { return exp_in_range(clamp(x, set(-87.3f), set(88.3f))); }

// exp of the whole range, with denormal results and infinity: 2^exponent in two steps.
OCTET_OP Vec exp_full(Vec x) {
  const Vec held = clamp(x, set(-104.0f), set(89.0f));
  const Vec rounded = round_even(mul(held, set(0x1.715476p+0f)));
  const Ints exponent = to_int(rounded), half = shift_right<1>(exponent);
  const Vec scaled = mul(exp_of_rest(held, rounded), power_of_two(half));
  return mul(scaled, power_of_two(subtract_ints(exponent, half)));
}

// 1 / (1 + exp(-x)).
OCTET_OP Vec sigmoid(Vec x) {
  const Vec power = exp_in_range(negate(clamp(x, set(-88.3f), set(87.3f))));
  return div(set(1.0f), add(set(1.0f), power));
}

// x / (1 + exp(-x)); x is held at -88 from below so that -infinity gives (minus) almost zero.
OCTET_OP Vec swish(Vec x) {
  const Vec held = max(set(-88.0f), x);
  return div(held, add(set(1.0f), exp_in_range(negate(min(set(87.3f), held)))));
}

// x * tanh(log(1 + e)) with e = exp(x) is x * n / (n + 2) with n = e * (e + 2). The quotient is 1 in float from
// x = 10 on, so e is held there long before its square overflows.
OCTET_OP Vec mish(Vec x) {
  const Vec held = max(set(-88.0f), x);
  const Vec e = exp_in_range(clamp(held, set(-87.3f), set(20.0f)));
  const Vec n = mul(e, add(e, set(2.0f)));
  return mul(held, div(n, add(n, set(2.0f))));
}

// Near zero an odd polynomial, elsewhere 1 - 2 / (exp(2 |x|) + 1) with the sign of x.
OCTET_OP Vec tanh(Vec x) {
  const Vec magnitude = abs(x);
  const Vec z = mul(x, x);
  Vec p = set(-0.00590586662f);
  p = fma(p, z, set(0.0208053831f));
  p = fma(p, z, set(-0.0537866838f));
  p = fma(p, z, set(0.133319587f));
  p = fma(p, z, set(-0.333332986f));
  const Vec near = fma(mul(p, z), x, x);
  const Vec e = exp_normal(add(magnitude, magnitude));
  const Vec far = copy_sign(add(set(1.0f), div(set(-2.0f), add(e, set(1.0f)))), x);
  return select(less(magnitude, set(0.6f)), near, far);
}

// min(max(x + 3, 0), 6) / 6.
OCTET_OP Vec hsigmoid(Vec x) { return mul(clamp(add(x, set(3.0f)), set(0.0f), set(6.0f)), set(1.0f / 6.0f)); }

// x * hsigmoid(x); x is held at -3 from below so that -infinity gives (minus) zero.
OCTET_OP Vec hswish(Vec x) {
  const Vec held = max(set(-3.0f), x);
  return mul(held, hsigmoid(held));
}

// The kinds made of exp make something of NaN, as their integer steps know none.
constexpr bool is_made_of_exp(Activation::Kind kind) {
  using Kind = Activation::Kind;
  return kind == Kind::kMish || kind == Kind::kSwish || kind == Kind::kSigmoid || kind == Kind::kTanh || kind == Kind::kExp;
}

// activate(Activation{kKind, a, b}, x) for each lane that is a number; a and b are broadcast.
template <Activation::Kind kKind>
OCTET_OP Vec activate_number(Vec x, [[maybe_unused]] Vec a, [[maybe_unused]] Vec b) {
  using Kind = Activation::Kind;
  if constexpr (kKind == Kind::kNone) return x;
  if constexpr (kKind == Kind::kRelu) return max(set(0.0f), x);
  if constexpr (kKind == Kind::kClamp) return clamp(x, a, b);
  if constexpr (kKind == Kind::kLeaky) return select(less(x, set(0.0f)), mul(a, x), x);
  if constexpr (kKind == Kind::kMish) return mish(x);
  if constexpr (kKind == Kind::kSwish) return swish(x);
  if constexpr (kKind == Kind::kSigmoid) return sigmoid(x);
  if constexpr (kKind == Kind::kTanh) return tanh(x);
  if constexpr (kKind == Kind::kHSwish) return hswish(x);
  if constexpr (kKind == Kind::kHSigmoid) return hsigmoid(x);
  if constexpr (kKind == Kind::kHardSigmoid) return clamp(fma(a, x, b), set(0.0f), set(1.0f));
  if constexpr (kKind == Kind::kExp) return exp_full(x);
}

// The same for numbers and NaN, which is handed on as it came.
template <Activation::Kind kKind>
OCTET_OP Vec activate(Vec x, Vec a, Vec b) {
  const Vec result = activate_number<kKind>(x, a, b);
  return is_made_of_exp(kKind) ? select(is_nan(x), x, result) : result;
}
