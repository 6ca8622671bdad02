// From products to sums or results, and the table of tiles: kTileRows and add_products(gemm, row, acc) are given before.

namespace {

// The sums of kRows rows from `row` on.
template <int kRows, int kVectors>
OCTET_OP void sum_products(const GemmU8& gemm, std::int64_t row, Ints (&acc)[kRows][kVectors]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = load_ints(gemm.start + v * kLanes);
  add_products(gemm, row, acc);
}

// kRows rows from `row` on: the sums go to `sums`, kVectors * kLanes apart, or from the registers to the results where that is brief.
template <int kRows, int kVectors, Brief kBrief>
OCTET_TARGET void multiply_tile(const GemmU8& gemm, std::int64_t row, std::int32_t* sums, const PanelLimits* limits) {
  constexpr int kWidth = kVectors * kLanes;
  Ints acc[kRows][kVectors];
  sum_products(gemm, row, acc);
  if constexpr (kBrief != Brief::kNo) return finish_in_registers<kBrief>(gemm, *limits, acc, row);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) store_ints(sums + r * kWidth + v * kLanes, acc[r][v]);
}

using TileFunction = void (*)(const GemmU8&, std::int64_t row, std::int32_t* sums, const PanelLimits*);

template <int kVectors, Brief kBrief, int... kRows>
constexpr std::array<TileFunction, sizeof...(kRows)> tiles_of(std::integer_sequence<int, kRows...>) {
  return {multiply_tile<kRows + 1, kVectors, kBrief>...};
}

// The same to float results, of an activation that is no more than limits.
template <int kRows, int kVectors>
OCTET_TARGET void multiply_tile_to_reals(const GemmU8& gemm, std::int64_t row, const Limits& limits) {
  Ints acc[kRows][kVectors];
  sum_products(gemm, row, acc);
  finish_reals_in_registers(gemm, limits, acc, row);
}

using RealTileFunction = void (*)(const GemmU8&, std::int64_t row, const Limits&);

template <int kVectors, int... kRows>
constexpr std::array<RealTileFunction, sizeof...(kRows)> real_tiles_of(std::integer_sequence<int, kRows...>) {
  return {multiply_tile_to_reals<kRows + 1, kVectors>...};
}

template <int kVectors>
constexpr auto kRealTiles = real_tiles_of<kVectors>(std::make_integer_sequence<int, kTileRows>());

template <int kVectors, Brief kBrief>
constexpr auto kTiles = tiles_of<kVectors, kBrief>(std::make_integer_sequence<int, kTileRows>());

}  // namespace
