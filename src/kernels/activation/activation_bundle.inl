// The activations of several vectors at once: each operation is done for all of them before the next, so that a CPU works at the others
// while one result is on its way. The formulas are long, and of one after the other it would not look far enough ahead. No include guard:
// it is included in a namespace of its own for each set of vectors, which is `one` there, after kParts, how many vectors are a bundle.

struct Vec {
  one::Vec part[kParts];
};
struct Ints {
  one::Ints part[kParts];
};
struct Condition {
  decltype(one::less(one::Vec(), one::Vec())) part[kParts];
};

template <class Result, auto kOperation, class... Operands>
OCTET_OP Result each(const Operands&... operands) {
  Result result;
#pragma GCC unroll 16
  for (int i = 0; i < kParts; ++i) result.part[i] = kOperation(operands.part[i]...);
  return result;
}

OCTET_OP Vec set(float value) {
  Vec result;
#pragma GCC unroll 16
  for (int i = 0; i < kParts; ++i) result.part[i] = one::set(value);
  return result;
}
OCTET_OP Ints set_ints(std::int32_t value) {
  Ints result;
#pragma GCC unroll 16
  for (int i = 0; i < kParts; ++i) result.part[i] = one::set_ints(value);
  return result;
}

OCTET_OP Vec add(const Vec& x, const Vec& y) { return each<Vec, one::add>(x, y); }
OCTET_OP Vec sub(const Vec& x, const Vec& y) { return each<Vec, one::sub>(x, y); }
OCTET_OP Vec mul(const Vec& x, const Vec& y) { return each<Vec, one::mul>(x, y); }
OCTET_OP Vec fma(const Vec& x, const Vec& y, const Vec& z) { return each<Vec, one::fma>(x, y, z); }
OCTET_OP Vec div(const Vec& x, const Vec& y) { return each<Vec, one::div>(x, y); }
OCTET_OP Vec round_even(const Vec& x) { return each<Vec, one::round_even>(x); }
OCTET_OP Vec min(const Vec& x, const Vec& y) { return each<Vec, one::min>(x, y); }
OCTET_OP Vec max(const Vec& x, const Vec& y) { return each<Vec, one::max>(x, y); }
OCTET_OP Condition less(const Vec& x, const Vec& y) { return each<Condition, one::less>(x, y); }
OCTET_OP Condition is_nan(const Vec& x) { return each<Condition, one::is_nan>(x); }
OCTET_OP Vec select(const Condition& condition, const Vec& yes, const Vec& no) { return each<Vec, one::select>(condition, yes, no); }
OCTET_OP Vec abs(const Vec& x) { return each<Vec, one::abs>(x); }
OCTET_OP Vec negate(const Vec& x) { return each<Vec, one::negate>(x); }
OCTET_OP Vec copy_sign(const Vec& magnitude, const Vec& sign) { return each<Vec, one::copy_sign>(magnitude, sign); }

OCTET_OP Vec float_of(const Ints& x) { return each<Vec, one::float_of>(x); }
OCTET_OP Ints bits_of(const Vec& x) { return each<Ints, one::bits_of>(x); }
OCTET_OP Ints to_int(const Vec& x) { return each<Ints, one::to_int>(x); }
template <int kCount>
OCTET_OP Ints shift_left(const Ints& x) {
  return each<Ints, one::shift_left<kCount>>(x);
}
template <int kCount>
OCTET_OP Ints shift_right(const Ints& x) {
  return each<Ints, one::shift_right<kCount>>(x);
}
OCTET_OP Ints add_ints(const Ints& x, const Ints& y) { return each<Ints, one::add_ints>(x, y); }
OCTET_OP Ints subtract_ints(const Ints& x, const Ints& y) { return each<Ints, one::subtract_ints>(x, y); }

#include "kernels/activation/activation_formulas.inl"
