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

OCTET_TARGET void add_u8(const AddU8& how, const Limits& limits, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b,
                         ImageView<std::uint8_t> out) {
  const Addition addends = addition(how);
  const Vec lowest = set(limits.lowest), highest = set(limits.highest);
  const Ints zero_points = set_ints(how.zero_point), zero_words = set_words(how.zero_point);
  for (std::int64_t pixel = 0; pixel < out.pixels(); ++pixel) {
    const std::uint8_t *x = a.data + pixel * a.pixel_stride, *y = b.data + pixel * b.pixel_stride;
    std::uint8_t* const to = out.data + pixel * out.pixel_stride;
    std::int64_t i = 0;
    for (; i + 4 * kLanes <= out.channels; i += 4 * kLanes) {
      Ints q[4];
#pragma GCC unroll 4
      for (int part = 0; part < 4; ++part)
        q[part] = round_between(real_sum(addends, x + i + part * kLanes, y + i + part * kLanes), lowest, highest);
      store_ints(to + i, bytes_of(q, zero_words));
    }
    for (; i + kLanes <= out.channels; i += kLanes)
      store_bytes(to + i, add_ints(round_between(real_sum(addends, x + i, y + i), lowest, highest), zero_points));
    const std::int64_t left = out.channels - i;
    if (left > 0) rest::add_u8(how, limits, {x + i, 1, 1, left, left}, {y + i, 1, 1, left, left}, {to + i, 1, 1, left, left});
  }
}
