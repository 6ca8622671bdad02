// Elementwise kernels, written once: see kernels/target.h. `rest` is the namespace of the kernels that take what is less than a vector.

namespace {

struct Addition {
  Vec a_multiplier, b_multiplier, offset;
};

OCTET_OP Addition addition(const AddU8& how) { return {set(how.a_multiplier), set(how.b_multiplier), set(how.offset)}; }

OCTET_OP Vec real_sum(const Addition& how, const std::uint8_t* a, const std::uint8_t* b) {
  return fma(to_float(load_bytes(a)), how.a_multiplier, fma(to_float(load_bytes(b)), how.b_multiplier, how.offset));
}

}  // namespace

OCTET_TARGET void add_f32(std::span<const float> a, std::span<const float> b, std::span<float> out) {
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) store(&out[i], add(load(&a[i]), load(&b[i])));
  rest::add_f32(a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_TARGET void multiply_f32(std::span<const float> a, std::span<const float> b, std::span<float> out) {
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) store(&out[i], mul(load(&a[i]), load(&b[i])));
  rest::multiply_f32(a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_TARGET void scale_shift_f32(std::span<const float> in, std::span<const float> scale, std::span<const float> offset,
                                  std::span<float> out) {
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) store(&out[i], fma(load(&in[i]), load(&scale[i]), load(&offset[i])));
  rest::scale_shift_f32(in.subspan(i), scale.subspan(i), offset.subspan(i), out.subspan(i));
}

OCTET_TARGET void add_u8_f32(const AddU8& how, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, std::span<float> out) {
  const Addition addends = addition(how);
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) store(&out[i], real_sum(addends, &a[i], &b[i]));
  rest::add_u8_f32(how, a.subspan(i), b.subspan(i), out.subspan(i));
}

namespace {

struct LimitedAddition {
  Addition addends;
  Vec lowest, highest;
  Ints zero_point, zero_words;
};

OCTET_OP LimitedAddition limited_addition(const AddU8& how, const Limits& limits) {
  return {addition(how), set(limits.lowest), set(limits.highest), set_ints(how.zero_point), set_words(how.zero_point)};
}

OCTET_OP Ints limited_sum(const LimitedAddition& add, const std::uint8_t* a, const std::uint8_t* b) {
  return round_between(real_sum(add.addends, a, b), add.lowest, add.highest);
}

// As many as vectors hold, from the first on; how many that are.
OCTET_OP std::size_t add_vectors(const LimitedAddition& add, const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out,
                                 std::size_t count) {
  std::size_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    Ints q[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part) q[part] = limited_sum(add, a + i + part * kLanes, b + i + part * kLanes);
    store_ints(out + i, bytes_of(q, add.zero_words));
  }
  // The pixels of a view may be shorter than that.
  for (; i + kLanes <= count; i += kLanes) store_bytes(out + i, add_ints(limited_sum(add, a + i, b + i), add.zero_point));
  return i;
}

}  // namespace

OCTET_TARGET void add_u8_run(const AddU8& how, const Limits& limits, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                             std::span<std::uint8_t> out) {
  const std::size_t i = add_vectors(limited_addition(how, limits), a.data(), b.data(), out.data(), out.size());
  if (i < out.size()) rest::add_u8_run(how, limits, a.subspan(i), b.subspan(i), out.subspan(i));
}

OCTET_TARGET void add_u8(const AddU8& how, const Limits& limits, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b,
                         ImageView<std::uint8_t> out) {
  const LimitedAddition add = limited_addition(how, limits);
  const auto channels = static_cast<std::size_t>(out.channels);
  for (std::int64_t pixel = 0; pixel < out.pixels(); ++pixel) {
    const std::uint8_t *x = a.data + pixel * a.pixel_stride, *y = b.data + pixel * b.pixel_stride;
    std::uint8_t* const to = out.data + pixel * out.pixel_stride;
    const std::size_t i = add_vectors(add, x, y, to, channels), left = channels - i;
    if (left != 0) rest::add_u8_run(how, limits, {x + i, left}, {y + i, left}, {to + i, left});
  }
}
