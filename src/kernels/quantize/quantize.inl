// To and from bytes, written once: see kernels/target.h. `rest` is the namespace of the kernels that take what is less than a vector.

OCTET_TARGET void quantize_all(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out) {
  const Vec scale = set(how.scale), zero = set(how.zero_point);
  const Vec lowest = lowest_u8(zero), highest = highest_u8(zero);
  const Ints zero_point = set_words(how.zero_point);
  std::size_t i = 0;
  for (; i + 4 * kLanes <= out.size(); i += 4 * kLanes) {
    Ints q[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part) q[part] = round_between(div(load(&in[i + part * kLanes]), scale), lowest, highest);
    store_ints(&out[i], bytes_of(q, zero_point));
  }
  rest::quantize_all(how, in.subspan(i), out.subspan(i));
}

OCTET_TARGET void quantize_each(std::span<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                                std::span<std::uint8_t> out) {
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) {
    const Ints zero = load_shorts(&zero_point[i]);
    const Vec scaled = div(load(&in[i]), load(&scale[i]));
    store_bytes(&out[i], add_ints(round_between(scaled, lowest_u8(to_float(zero)), highest_u8(to_float(zero))), zero));
  }
  rest::quantize_each(in.subspan(i), scale.subspan(i), zero_point.subspan(i), out.subspan(i));
}

OCTET_TARGET void dequantize_all(float scale, std::uint8_t zero_point, std::span<const std::uint8_t> in, std::span<float> out) {
  const Vec scales = set(scale);
  const Ints zero = set_ints(zero_point);
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) store(&out[i], mul(to_float(subtract_ints(load_bytes(&in[i]), zero)), scales));
  rest::dequantize_all(scale, zero_point, in.subspan(i), out.subspan(i));
}

OCTET_TARGET void dequantize_each(std::span<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                                  std::span<float> out) {
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) {
    const Ints steps = subtract_ints(load_bytes(&in[i]), load_bytes(&zero_point[i]));
    store(&out[i], mul(to_float(steps), load(&scale[i])));
  }
  rest::dequantize_each(in.subspan(i), scale.subspan(i), zero_point.subspan(i), out.subspan(i));
}
