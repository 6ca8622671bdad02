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

// The same with what is added, and the bytes beside.
template <Activation::Kind kKind>
OCTET_TARGET void finish_sum(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  const Vec inv_scale = set(gemm.copy_inv_scale), zero = set(gemm.copy_zero_point);
  const Vec lowest = lowest_u8(zero), highest = highest_u8(zero);
  const Ints zero_point = set_ints(gemm.copy_zero_point);
  for (int r = 0; r < rows; ++r, sums += gemm.vectors * kLanes)
    for (std::int64_t c = 0; c < gemm.channels; c += kLanes) {
      const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(c);
      const std::int64_t left = std::min<std::int64_t>(kLanes, gemm.channels - c);
      Vec result = requantize_real<kKind>(*gemm.requantization, channel, load_ints(sums + c));
      if (gemm.addend != nullptr) result = add(result, load(gemm.addend + (row + r) * gemm.addend_stride + c));
      if (gemm.out_f32 != nullptr) {
        float* const out = gemm.out_f32 + (row + r) * gemm.out_stride + c;
        left == kLanes ? store(out, result) : store_first(out, result, left);
      }
      if (gemm.copy_u8 == nullptr) continue;
      const Ints bytes = add_ints(round_between(mul(result, inv_scale), lowest, highest), zero_point);
      std::uint8_t* const copy = gemm.copy_u8 + (row + r) * gemm.copy_stride + c;
      left == kLanes ? store_bytes(copy, bytes) : store_first_bytes(copy, bytes, left);
    }
}

// What finishing of a table that is brief needs of a panel, its two registers of channels in turn.
struct PanelLimits {
  Ints zero_point;       // words, in the order of packing
  Ints lowest, highest;  // bytes, likewise
  Vec multiplier[2], offset[2], inv_scale[2];
  Vec leak;
};

// A limit of the real result as a result.
OCTET_OP Ints limit_int(const RequantizationTable& table, const std::vector<float>& limit, std::size_t channel) {
  return add_ints(to_int(load(limit.data() + channel)), load_ints(table.zero_point.data() + channel));
}

OCTET_OP Ints packed_limit(const RequantizationTable& table, const std::vector<float>& limit, std::size_t first, std::size_t second) {
  const Ints words = pack_words(limit_int(table, limit, first), limit_int(table, limit, second));
  return pack_bytes(words, words);
}

// A panel of one register is treated as one of two equal ones.
OCTET_OP PanelLimits limits_of(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  const std::size_t first = gemm.first_channel, second = gemm.vectors == 2 ? first + kLanes : first;
  return {pack_words(load_ints(table.zero_point.data() + first), load_ints(table.zero_point.data() + second)),
          packed_limit(table, table.lowest, first, second),
          packed_limit(table, table.highest, first, second),
          {load(table.multiplier.data() + first), load(table.multiplier.data() + second)},
          {load(table.offset.data() + first), load(table.offset.data() + second)},
          {load(table.inv_scale.data() + first), load(table.inv_scale.data() + second)},
          set(table.activation.a)};
}

// The real values of sums of register v, rounded.
template <Brief kBrief>
OCTET_OP Ints rounded(const PanelLimits& limits, int v, Ints sum) {
  Vec real = fma(to_float(sum), limits.multiplier[v], limits.offset[v]);
  if constexpr (kBrief == Brief::kLeaky) real = max(real, mul(real, limits.leak));  // for leaks up to 1
  if constexpr (kBrief == Brief::kScaled) real = mul(real, limits.inv_scale[v]);
  return to_int(real);
}

// Four registers of rounded values as results in their order: of two rows of two registers, or of four of one.
OCTET_OP Ints results_of(const PanelLimits& limits, const Ints (&steps)[4]) {
  const Ints packed = pack_bytes(add_words(pack_words(steps[0], steps[1]), limits.zero_point),
                                 add_words(pack_words(steps[2], steps[3]), limits.zero_point));
  return in_order(min_bytes(max_bytes(packed, limits.lowest), limits.highest));
}

constexpr int rows_at_once(int vectors) { return 4 / vectors; }

// Stores the first `rows` of the rows that results_of() gives, `channels` of each.
template <int kVectors>
OCTET_OP void store_rows(std::uint8_t* out, std::int64_t stride, std::int64_t channels, Ints results, int rows) {
  if constexpr (kVectors == 1) return store_quarters(out, stride, results, rows, channels);
  store_half(out, low_half(results), channels);
  if (rows > 1) store_half(out + stride, high_half(results), channels);
}

template <int kRows, int kVectors>
OCTET_OP void store_steps(const PanelLimits& limits, const Ints (&steps)[kRows][kVectors], std::uint8_t* out, std::int64_t stride,
                          std::int64_t channels) {
  constexpr int kAtOnce = rows_at_once(kVectors);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r += kAtOnce, out += kAtOnce * stride) {
    Ints four[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) four[i] = steps[r + i / kVectors < kRows ? r + i / kVectors : r][i % kVectors];
    store_rows<kVectors>(out, stride, channels, results_of(limits, four), kRows - r < kAtOnce ? kRows - r : kAtOnce);
  }
}

template <Brief kBrief, int kRows, int kVectors>
OCTET_OP void finish_in_registers(const GemmU8& gemm, const PanelLimits& limits, const Ints (&acc)[kRows][kVectors], std::int64_t row) {
  constexpr int kWidth = kVectors * kLanes;
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* const out = gemm.out_u8 + row * stride;
  Ints steps[kRows][kVectors];
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) {
    asm("" ::: "memory");  // the limits are to be read for one register at a time: the others are full of sums
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) steps[r][v] = rounded<kBrief>(limits, v, opaque_copy(acc[r][v]));
  }
  // Once for all rows, as a test and a jump with each of them take longer than its bytes.
  channels == kWidth ? store_steps(limits, steps, out, stride, kWidth) : store_steps(limits, steps, out, stride, channels);
}

template <int kRows, int kVectors>
OCTET_OP void store_reals(const Ints (&acc)[kRows][kVectors], int v, Vec multiplier, Vec offset, Vec lowest, Vec highest, float* out,
                          std::int64_t stride, std::int64_t channels) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r, out += stride) {
    const Vec real = clamp(fma(to_float(opaque_copy(acc[r][v])), multiplier, offset), lowest, highest);
    channels >= kLanes ? store(out, real) : store_first(out, real, channels);
  }
}

// Float results within limits.
template <int kRows, int kVectors>
OCTET_OP void finish_reals_in_registers(const GemmU8& gemm, const Limits& limits, const Ints (&acc)[kRows][kVectors], std::int64_t row) {
  const Vec lowest = set(limits.lowest), highest = set(limits.highest);
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) {
    asm("" ::: "memory");  // as in finish_in_registers()
    const std::size_t channel = gemm.first_channel + static_cast<std::size_t>(v * kLanes);
    const Vec multiplier = load(gemm.requantization->multiplier.data() + channel),
              offset = load(gemm.requantization->offset.data() + channel);
    float* const out = gemm.out_f32 + row * gemm.out_stride + v * kLanes;
    const std::int64_t channels = gemm.channels - v * kLanes;
    // Once for all rows, as in finish_in_registers().
    channels >= kLanes ? store_reals(acc, v, multiplier, offset, lowest, highest, out, gemm.out_stride, kLanes)
                       : store_reals(acc, v, multiplier, offset, lowest, highest, out, gemm.out_stride, channels);
  }
}

// The same of sums in memory. Up to three rows of sums beyond the last are read; what they are does not matter.
template <Brief kBrief, int kVectors>
OCTET_OP void finish_brief(const GemmU8& gemm, const PanelLimits& limits, const std::int32_t* sums, std::int64_t row, std::int64_t rows) {
  constexpr int kAtOnce = rows_at_once(kVectors);
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  for (; rows > 0; rows -= kAtOnce, sums += 4 * kLanes, out += kAtOnce * stride) {
    Ints steps[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) steps[i] = rounded<kBrief>(limits, i % kVectors, load_ints(sums + i * kLanes));
    store_rows<kVectors>(out, stride, channels, results_of(limits, steps), rows < kAtOnce ? static_cast<int>(rows) : kAtOnce);
  }
}

// The results of a table that rounds first: rows of kVectors registers, a bundle of them at a time.
template <Activation::Kind kKind, int kVectors>
OCTET_TARGET void finish_rows(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  constexpr int kRows = bundle::kParts / kVectors, kStored = rows_at_once(kVectors);
  const RequantizationTable& table = *gemm.requantization;
  const bundle::Vec a = bundle::set(table.activation.a), b = bundle::set(table.activation.b);
  const float *multiplier = table.multiplier.data() + gemm.first_channel, *offset = table.offset.data() + gemm.first_channel,
              *inv_scale = table.inv_scale.data() + gemm.first_channel;
  const std::int32_t* zero_points = table.zero_point.data() + gemm.first_channel;
  const Ints zero_point = pack_words(load_ints(zero_points), load_ints(zero_points + (kVectors - 1) * kLanes));
  const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
  std::uint8_t* out = gemm.out_u8 + row * stride;
  for (; rows > 0; rows -= kRows, sums += bundle::kParts * kLanes, out += kRows * stride) {
    bundle::Vec real;
#pragma GCC unroll 16
    for (int i = 0; i < bundle::kParts; ++i) {
      const int lane = i % kVectors * kLanes;
      const std::int32_t* from = sums + (i / kVectors < rows ? i * kLanes : lane);  // rows beyond the last repeat the first
      real.part[i] = fma(to_float(load_ints(from)), load(multiplier + lane), load(offset + lane));
    }
    const bundle::Vec active = bundle::activate_number<kKind>(real, a, b);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; r += kStored) {
      if (r >= rows) break;
      Ints steps[4];
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) steps[i] = to_int(mul(active.part[r * kVectors + i], load(inv_scale + i % kVectors * kLanes)));
      store_rows<kVectors>(out + r * stride, stride, channels, bytes_of(steps, zero_point), std::min(rows - r, kStored));
    }
  }
}

template <Activation::Kind kKind>
OCTET_TARGET void finish_numbers(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) {
  gemm.vectors == 2 ? finish_rows<kKind, 2>(gemm, sums, row, rows) : finish_rows<kKind, 1>(gemm, sums, row, rows);
}

}  // namespace
