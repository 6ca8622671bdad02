// What products of words, two taps a step, have in common at every instruction set, of blocks of kBlock channels: to be included where
// OCTET_TARGET and the vectors are defined.
template <int kBlock>
struct PairsOfTaps {
  using Element = std::uint8_t;
  using Vector = Ints;
  using Constants = depthwise::U8Constants<kBlock>;
  static constexpr auto kLaneOrder = depthwise::LaneOrder::kNatural;
  static constexpr int kChannels = kBlock, kGroups = kChannels / kLanes, kTapsAtOnce = 2, kRows = 1;
  static constexpr int parts(int taps) { return taps / kTapsAtOnce; }

  static const std::uint8_t* outside(const Constants& constants) { return constants.outside; }
  OCTET_OP static Ints start(const Constants& constants, int group) { return load_ints(constants.start + kLanes * group); }
};
