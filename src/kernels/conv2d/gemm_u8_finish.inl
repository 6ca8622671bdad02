// From sums, `vectors` registers a row, to stored results, written once: see kernels/target.h. The activations are included before.

namespace {

// requantize.h for kLanes channels from `channel` on; those beyond the last give 0.
template <Activation::Kind kKind>
OCTET_OP Vec requantize_real(const RequantizationTable& table, std::size_t channel, Ints sum) {
  const Vec real = fma(to_float(sum), load(table.multiplier.data() + channel), load(table.offset.data() + channel));
  return activate<kKind>(real, set(table.activation.a), set(table.activation.b));
}

// Results as integers 0..255.
template <Activation::Kind kKind, bool kPlain>
OCTET_OP Ints requantize_int(const RequantizationTable& table, std::size_t channel, Ints sum) {
  Vec real = requantize_real<kKind>(table, channel, sum);
  if constexpr (!kPlain) real = mul(real, load(table.inv_scale.data() + channel));
  const Ints steps = round_between(real, load(table.lowest.data() + channel), load(table.highest.data() + channel));
  return add_ints(steps, load_ints(table.zero_point.data() + channel));
}

template <Activation::Kind kKind, bool kPlain>
OCTET_TARGET void finish_u8(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  std::uint8_t* out = gemm.out_u8 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * kLanes)
    for (std::int64_t c = 0; c < gemm.channels; c += kLanes) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const Ints result = requantize_int<kKind, kPlain>(*gemm.requantization, channel, load_ints(sums + c));
      const std::int64_t left = gemm.channels - c;
      left >= kLanes ? store_bytes(out + c, result) : store_first_bytes(out + c, result, left);
    }
}

// The same of a table that rounds first: rows of kVectors registers, four registers of results at a time.
template <Activation::Kind kKind, int kVectors>
OCTET_TARGET void finish_rows(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  constexpr int kAtOnce = 4, kRows = kAtOnce / kVectors, kWidth = kVectors * kLanes;
  const RequantizationTable& table = *gemm.requantization;
  const Vec a = set(table.activation.a), b = set(table.activation.b);
  const float *multiplier = table.multiplier.data() + gemm.first_channel, *offset = table.offset.data() + gemm.first_channel,
              *inv_scale = table.inv_scale.data() + gemm.first_channel;
  const std::int32_t* zero_points = table.zero_point.data() + gemm.first_channel;
  const Ints zero_point = pack_words(load_ints(zero_points), load_ints(zero_points + (kVectors - 1) * kLanes));
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  for (; rows > 0; rows -= kRows, sums += kAtOnce * kLanes, out += kRows * stride) {
    Ints steps[kAtOnce];
#pragma GCC unroll 4
    for (int i = 0; i < kAtOnce; ++i) {
      const int lane = i % kVectors * kLanes;
      const std::int32_t* from = sums + (i / kVectors < rows ? i * kLanes : lane);  // rows beyond the last repeat the first
      const Vec real = fma(to_float(load_ints(from)), load(multiplier + lane), load(offset + lane));
      steps[i] = to_int(mul(activate_number<kKind>(real, a, b), load(inv_scale + lane)));
    }
    alignas(64) std::uint8_t bytes[kAtOnce * kLanes];
    store_ints(bytes, in_order(pack_bytes(add_words(pack_words(steps[0], steps[1]), zero_point),
                                          add_words(pack_words(steps[2], steps[3]), zero_point))));
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      if (r >= rows) break;
      channels == kWidth ? std::memcpy(out + r * stride, bytes + r * kWidth, kWidth)
                         : std::memcpy(out + r * stride, bytes + r * kWidth, static_cast<std::size_t>(channels));
    }
  }
}

template <Activation::Kind kKind>
OCTET_TARGET void finish_numbers(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  gemm.vectors == 2 ? finish_rows<kKind, 2>(gemm, sums, row, rows) : finish_rows<kKind, 1>(gemm, sums, row, rows);
}

template <Activation::Kind kKind>
OCTET_TARGET void finish_f32(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  float* out = gemm.out_f32 + row * gemm.out_stride;
  for (int r = 0; r < rows; ++r, out += gemm.out_stride, sums += gemm.vectors * kLanes)
    for (std::int64_t c = 0; c < gemm.channels; c += kLanes) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const Vec result = requantize_real<kKind>(*gemm.requantization, channel, load_ints(sums + c));
      const std::int64_t left = gemm.channels - c;
      left >= kLanes ? store(out + c, result) : store_first(out + c, result, left);
    }
}

// What finishing of a table that is brief needs of a panel.
struct PanelLimits {
  Ints zero_point;       // words, in the order of packing
  Ints lowest, highest;  // bytes, likewise
  const float *multiplier, *offset, *inv_scale;
  float leak;
};

// A limit of the real result as a result.
OCTET_OP Ints limit_int(const RequantizationTable& table, const std::vector<float>& limit, std::size_t channel) {
  return add_ints(to_int(load(limit.data() + channel)), load_ints(table.zero_point.data() + channel));
}

OCTET_OP Ints packed_limit(const RequantizationTable& table, const std::vector<float>& limit, std::size_t first, std::size_t second) {
  const Ints words = pack_words(limit_int(table, limit, first), limit_int(table, limit, second));
  return pack_bytes(words, words);
}

// A panel of one register is treated as one of two equal ones, the second of which is not stored.
OCTET_OP PanelLimits limits_of(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  const std::size_t first = gemm.first_channel, second = gemm.vectors == 2 ? first + kLanes : first;
  return {pack_words(load_ints(table.zero_point.data() + first), load_ints(table.zero_point.data() + second)),
          packed_limit(table, table.lowest, first, second),
          packed_limit(table, table.highest, first, second),
          table.multiplier.data() + first,
          table.offset.data() + first,
          table.inv_scale.data() + first,
          table.activation.a};
}

// Real values of channels `lane`, ..., rounded.
template <Brief kBrief>
OCTET_OP Ints rounded(const PanelLimits& limits, int lane, Ints sum) {
  Vec real = fma(to_float(sum), load(limits.multiplier + lane), load(limits.offset + lane));
  if constexpr (kBrief == Brief::kLeaky) real = max(real, mul(real, set(limits.leak)));  // for leaks up to 1
  if constexpr (kBrief == Brief::kScaled) real = mul(real, load(limits.inv_scale + lane));
  return to_int(real);
}

// Two registers of sums of one row as results in words.
template <Brief kBrief>
OCTET_OP Ints words_of(const PanelLimits& limits, int second_lane, Ints first, Ints second) {
  return add_words(pack_words(rounded<kBrief>(limits, 0, first), rounded<kBrief>(limits, second_lane, second)), limits.zero_point);
}

// Two rows at a time.
template <Brief kBrief, int kRows, int kVectors>
OCTET_OP void finish_in_registers(const GemmU8& gemm, const PanelLimits& limits, const Ints (&acc)[kRows][kVectors], std::int64_t row) {
  constexpr int kLast = kVectors - 1;
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  Ints sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) sums[r][v] = opaque_copy(acc[r][v]);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r += 2, out += 2 * stride) {
    asm("" ::: "memory");  // the limits are to be read again: the registers are full of sums
    const int other = r + 1 < kRows ? r + 1 : r;
    const Ints packed = pack_bytes(words_of<kBrief>(limits, kLast * kLanes, sums[r][0], sums[r][kLast]),
                                   words_of<kBrief>(limits, kLast * kLanes, sums[other][0], sums[other][kLast]));
    const Ints bytes = in_order(min_bytes(max_bytes(packed, limits.lowest), limits.highest));
    store_half(out, low_half(bytes), channels);
    if (r + 1 < kRows) store_half(out + stride, high_half(bytes), channels);
  }
}

}  // namespace
