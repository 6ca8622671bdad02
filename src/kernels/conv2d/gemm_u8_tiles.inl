// From products to sums or results, and the table of tiles: kTileRows and add_products(gemm, row, acc) are given before.

namespace {

// kRows rows from `row` on: the sums go to `sums`, kVectors * kLanes apart, or from the registers to the results where that is brief.
template <int kRows, int kVectors, Brief kBrief>
OCTET_TARGET void multiply_tile(const GemmU8& gemm, std::int64_t row, std::int32_t* sums, const PanelLimits* limits) {
  constexpr int kWidth = kVectors * kLanes;
  Ints acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = load_ints(gemm.start + v * kLanes);
  add_products(gemm, row, acc);
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

template <int kVectors, Brief kBrief>
constexpr auto kTiles = tiles_of<kVectors, kBrief>(std::make_integer_sequence<int, kTileRows>());

}  // namespace
