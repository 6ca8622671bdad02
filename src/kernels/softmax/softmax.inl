// Softmax, written once: see kernels/target.h. The formulas of the activations are included before.

namespace {

// Vector number `v` of several, of which the last one has `last` values.
template <int kVectors>
OCTET_OP Vec load_part(const float* from, int v, std::int64_t last) {
  return v + 1 < kVectors ? load(from + v * kLanes) : load_first(from + v * kLanes, last, set(0.0f));
}

template <int kVectors>
OCTET_OP void store_part(float* to, int v, Vec x, std::int64_t last) {
  v + 1 < kVectors ? store(to + v * kLanes, x) : store_first(to + v * kLanes, x, last);
}

// Vectors of columns side by side.
template <int kVectors>
OCTET_OP void softmax_block(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t last) {
  Vec most[kVectors], sum[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) most[v] = load_part<kVectors>(in, v, last), sum[v] = set(0.0f);
  for (std::int64_t i = 1; i < length; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) most[v] = max(load_part<kVectors>(in + i * stride, v, last), most[v]);
  for (std::int64_t i = 0; i < length; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const Vec power = exp_normal(sub(load_part<kVectors>(in + i * stride, v, last), most[v]));
      sum[v] = add(sum[v], power);
      store_part<kVectors>(out + i * stride, v, power, last);
    }
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) sum[v] = div(set(1.0f), sum[v]);
  for (std::int64_t i = 0; i < length; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v)
      store_part<kVectors>(out + i * stride, v, mul(load_part<kVectors>(out + i * stride, v, last), sum[v]), last);
}

}  // namespace

OCTET_TARGET void softmax_row(const float* in, float* out, std::int64_t length) {
  const std::int64_t whole = length / kLanes * kLanes, left = length - whole;
  const Vec rest = load_first(in + whole, left, set(-std::numeric_limits<float>::infinity()));
  Vec most = rest;
  for (std::int64_t i = 0; i < whole; i += kLanes) most = max(load(in + i), most);
  const Vec greatest = set(greatest_of(most));
  const Vec rest_power = exp_normal(sub(rest, greatest));
  Vec sum = left > 0 ? rest_power : set(0.0f);
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    const Vec power = exp_normal(sub(load(in + i), greatest));
    sum = add(sum, power);
    store(out + i, power);
  }
  const Vec share = set(1.0f / sum_of(sum));
  for (std::int64_t i = 0; i < whole; i += kLanes) store(out + i, mul(load(out + i), share));
  store_first(out + whole, mul(rest_power, share), left);
}

OCTET_TARGET void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns) {
  constexpr int kVectors = 2;  // as many sums keep the exponentials busy
  for (; columns >= kVectors * kLanes; columns -= kVectors * kLanes, in += kVectors * kLanes, out += kVectors * kLanes)
    softmax_block<kVectors>(in, out, length, stride, kLanes);
  for (; columns > 0; columns -= kLanes, in += kLanes, out += kLanes)
    softmax_block<1>(in, out, length, stride, std::min<std::int64_t>(columns, kLanes));
}
