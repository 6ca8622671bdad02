// What products of words, two taps a step, have in common at every instruction set that takes 16 channels at once: to be included where
// OCTET_TARGET, the vectors and Constants are defined.
struct PairsOfTaps {
  using Element = std::uint8_t;
  using Vector = Ints;
  using Constants = depthwise::U8Constants<16>;
  static constexpr auto kLaneOrder = depthwise::LaneOrder::kNatural;
  static constexpr int kChannels = 16, kGroups = kChannels / kLanes, kTapsAtOnce = 2;
  static constexpr int parts(int taps) { return taps / kTapsAtOnce; }

  static const std::uint8_t* outside(const Constants& constants) { return constants.outside; }
  OCTET_OP static Ints start(const Constants& constants, int group) { return load_ints(constants.start + kLanes * group); }
};
