// Sums of four products of bytes a lane: to be included after depthwise2d_quads.inl, where multiply_add(sum, x, w) is defined for the
// vectors of each `R`, of which kSpare more than depthwise2d_walk.inl takes fit into registers.
template <class R, int kSpare>
struct Quads : QuadsOf<R> {
  using Vector = typename R::Int;
  static constexpr auto kLaneOrder = depthwise::LaneOrder::kByQuads;
  static constexpr auto kTapOrder = depthwise::TapOrder::kQuads;
  static constexpr int kSpareVectors = kSpare;
  static constexpr int parts(int taps) { return (taps + 3) / 4; }

  template <class Finish>
  static constexpr RowFunctions<std::uint8_t> rows() {
    return rows_of<Quads, Finish>();
  }

  template <int kTaps>
  OCTET_OP static void read(const std::uint8_t* const* taps, Vector (&q)[parts(kTaps)][4]) {
    for (int part = 0; part < parts(kTaps); ++part) QuadsOf<R>::template interleave<kTaps>(taps, part * 4, q[part]);
  }
  OCTET_OP static Vector dot(Vector sum, Vector x, Vector w) { return multiply_add(sum, x, w); }
};
