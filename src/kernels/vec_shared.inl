// What vectors of any length have, made of their operations. Included by vec_*.h of x86/ and arm/ alone.

// The nearest integers of what lies between the limits; NaN becomes the lowest. Limits come first: the conversion answers the smallest
// integer for whatever does not fit.
OCTET_OP Ints round_between(Vec x, Vec lowest, Vec highest) { return to_int(min(max(x, lowest), highest)); }

// 4 * kLanes integers plus a zero point (words) as bytes in their order, saturated.
OCTET_OP Ints bytes_of(const Ints (&q)[4], Ints zero_point) {
  return in_order(pack_bytes(add_words(pack_words(q[0], q[1]), zero_point), add_words(pack_words(q[2], q[3]), zero_point)));
}

// The limits of u8 results relative to their zero point.
OCTET_OP Vec lowest_u8(Vec zero_point) { return sub(set(0.0f), zero_point); }
OCTET_OP Vec highest_u8(Vec zero_point) { return sub(set(255.0f), zero_point); }
