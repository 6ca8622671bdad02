// From products to sums or results, and the table of tiles: kTileRows and add_products(gemm, row, acc) are given before.

namespace {

enum class Finish { kLater, kNow, kNowLeaky };

// kRows rows from `row` on: the sums go to `sums`, kVectors * kLanes apart, or from the registers to the results.
template <int kRows, int kVectors, Finish kFinish>
OCTET_TARGET void multiply_tile(const GemmU8& gemm, std::int64_t row, std::int32_t* sums, const PanelLimits* limits) {
  constexpr int kWidth = kVectors * kLanes;
  Ints acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = load_ints(gemm.start + v * kLanes);
  add_products(gemm, row, acc);
  if constexpr (kFinish != Finish::kLater) return finish_in_registers<kFinish == Finish::kNowLeaky>(gemm, *limits, acc, row);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) store_ints(sums + r * kWidth + v * kLanes, acc[r][v]);
}

using TileFunction = void (*)(const GemmU8&, std::int64_t row, std::int32_t* sums, const PanelLimits*);

template <int kVectors, Finish kFinish, int... kRows>
constexpr std::array<TileFunction, sizeof...(kRows)> tiles_of(std::integer_sequence<int, kRows...>) {
  return {multiply_tile<kRows + 1, kVectors, kFinish>...};
}

template <int kVectors, Finish kFinish>
constexpr auto kTiles = tiles_of<kVectors, kFinish>(std::make_integer_sequence<int, kTileRows>());

}  // namespace
