// Integer Winograd for vectors: see winograd_u8_transforms.inl, gemm_u8_tile.inl and gemm_u8_finish.inl, which are included before.

namespace {

// kRows rows of a product from `row` on.
template <int kRows, int kVectors>
OCTET_TARGET void multiply_rows(const GemmU8& gemm, std::int64_t row, bool adds, std::int32_t* sums) {
  Ints acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) acc[r][v] = adds ? load_ints(sums + (r * kVectors + v) * kLanes) : set_ints(0);
  add_products(gemm, row, acc);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) store_ints(sums + (r * kVectors + v) * kLanes, acc[r][v]);
}

using RowsFunction = void (*)(const GemmU8&, std::int64_t row, bool adds, std::int32_t* sums);

template <int kVectors, int... kRows>
constexpr std::array<RowsFunction, sizeof...(kRows)> rows_functions(std::integer_sequence<int, kRows...>) {
  return {multiply_rows<kRows + 1, kVectors>...};
}

template <int kVectors>
constexpr auto kRowsFunctions = rows_functions<kVectors>(std::make_integer_sequence<int, kTileRows>());

}  // namespace

void winograd_product(const GemmU8& gemm, bool adds, std::int32_t* sums) {
  const auto& functions = gemm.vectors == 2 ? kRowsFunctions<2> : kRowsFunctions<1>;
  for_each_tile(gemm.rows, kTileRows, [&](std::int64_t row, std::int64_t rows) {
    functions[static_cast<std::size_t>(rows - 1)](gemm, row, adds, sums + row * gemm.vectors * kLanes);
  });
}

namespace {

// Calls finish(gemm, results, 0, pixels) for each line of a tile.
template <typename Finish>
void finish_lines(GemmU8& gemm, const std::int32_t* results, const WinogradTile& tile, std::int64_t width, Finish finish) {
  const std::int64_t line_stride = width * gemm.out_stride;
  for (int y = 0; y < tile.lines; ++y, results += kWinogradTile * gemm.vectors * kLanes) {
    finish(gemm, results, 0, tile.pixels);
    gemm.out_u8 == nullptr ? void(gemm.out_f32 += line_stride) : void(gemm.out_u8 += line_stride);
  }
}

template <typename Finish>
void finish_each_line(const WinogradSums& of, Finish finish) {
  finish_tiles(of, [&](GemmU8& gemm, const std::int32_t* results, const WinogradTile& tile) {
    finish_lines(gemm, results, tile, of.tiles.width, finish);
  });
}

template <Brief kBrief, int kVectors>
OCTET_TARGET void finish_line(const GemmU8& gemm, const PanelLimits& limits, const std::int32_t* results, int pixels) {
  finish_brief<kBrief, kVectors>(gemm, limits, results, 0, pixels);
}

template <Brief kBrief>
OCTET_TARGET void finish_brief_lines(const WinogradSums& of) {
  const PanelLimits limits = limits_of(of.gemm);
  const auto finish = of.gemm.vectors == 2 ? finish_line<kBrief, 2> : finish_line<kBrief, 1>;
  finish_each_line(
      of, [&](const GemmU8& gemm, const std::int32_t* results, std::int64_t, int pixels) { finish(gemm, limits, results, pixels); });
}

}  // namespace

void winograd_finish(const WinogradSums& of) {
  const RequantizationTable& table = *of.gemm.requantization;
  if (of.gemm.out_u8 == nullptr)
    with_kind(table.activation.kind, [&](auto kind) { finish_each_line(of, finish_f32<kind()>); });
  else if (table.brief != Brief::kNo)
    with_brief(table.brief, [&](auto brief) { finish_brief_lines<brief()>(of); });
  else if (table.round_first)
    with_kind(table.activation.kind, [&](auto kind) { finish_each_line(of, finish_numbers<kind()>); });
  else
    with_requantization(table, [&](auto kind, auto plain) { finish_each_line(of, finish_u8<kind(), plain()>); });
}
