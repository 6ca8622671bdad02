// Softmax, written once: see kernels/target.h. The formulas of the activations are included before.

namespace {

// exp(x) for the distance of a value from the greatest, which is not above 0. What has no normal number is 0.
OCTET_OP Vec power_of(Vec x) { return select(less(x, set(-87.3f)), set(0.0f), exp_normal(x)); }

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
      const Vec power = power_of(sub(load_part<kVectors>(in + i * stride, v, last), most[v]));
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

// A row is summed in 16 sums, of every 16th value each, and these in halves, whatever the length of a vector.
constexpr int kSums = 16, kParts = kSums / kLanes;

OCTET_OP float total_of(Vec (&sums)[kParts]) {
#pragma GCC unroll 4
  for (int half = kParts / 2; half > 0; half /= 2)
#pragma GCC unroll 8
    for (int p = 0; p < half; ++p) sums[p] = add(sums[p], sums[p + half]);
  return sum_of(sums[0]);
}

}  // namespace

OCTET_TARGET void softmax_row(const float* in, float* out, std::int64_t length) {
  const std::int64_t whole = length / kSums * kSums;
  const auto count_of = [&](int part) { return std::clamp<std::int64_t>(length - whole - part * kLanes, 0, kLanes); };
  Vec most = set(-std::numeric_limits<float>::infinity()), rest[kParts], sums[kParts];
#pragma GCC unroll 16
  for (int p = 0; p < kParts; ++p) {
    rest[p] = load_first(in + whole + p * kLanes, count_of(p), set(-std::numeric_limits<float>::infinity()));
    most = max(rest[p], most);
  }
  for (std::int64_t i = 0; i < whole; i += kLanes) most = max(load(in + i), most);
  const Vec greatest = set(greatest_of(most));
#pragma GCC unroll 16
  for (int p = 0; p < kParts; ++p) rest[p] = sums[p] = power_of(sub(rest[p], greatest));
  for (std::int64_t i = 0; i < whole; i += kSums)
#pragma GCC unroll 16
    for (int p = 0; p < kParts; ++p) {
      const Vec power = power_of(sub(load(in + i + p * kLanes), greatest));
      sums[p] = add(sums[p], power);
      store(out + i + p * kLanes, power);
    }
  const Vec share = set(1.0f / total_of(sums));
  for (std::int64_t i = 0; i < whole; i += kLanes) store(out + i, mul(load(out + i), share));
#pragma GCC unroll 16
  for (int p = 0; p < kParts; ++p) store_first(out + whole + p * kLanes, mul(rest[p], share), count_of(p));
}

OCTET_TARGET void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns) {
  constexpr int kVectors = 2;  // as many sums keep the exponentials busy
  for (; columns >= kVectors * kLanes; columns -= kVectors * kLanes, in += kVectors * kLanes, out += kVectors * kLanes)
    softmax_block<kVectors>(in, out, length, stride, kLanes);
  for (; columns > 0; columns -= kLanes, in += kLanes, out += kLanes)
    softmax_block<1>(in, out, length, stride, std::min<std::int64_t>(columns, kLanes));
}
