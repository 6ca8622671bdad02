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

template <Brief kBrief, int kVectors>
OCTET_TARGET void finish_lines(GemmU8 line, const std::int32_t* results, int lines, int pixels, std::int64_t line_stride) {
  const PanelLimits limits = limits_of(line);
  for (int y = 0; y < lines; ++y, results += kWinogradTile * kVectors * kLanes, line.out_u8 += line_stride)
    finish_brief<kBrief, kVectors>(line, limits, results, 0, pixels);
}

}  // namespace

void winograd_finish(const GemmU8& gemm, const std::int32_t* results, int lines, int pixels, std::int64_t line_stride) {
  const std::int64_t line_results = std::int64_t{kWinogradTile} * gemm.vectors * kLanes;
  GemmU8 line = gemm;
  const auto each_line = [&](auto finish) {
    for (int y = 0; y < lines; ++y, results += line_results) {
      finish(line, results, 0, pixels);
      line.out_u8 == nullptr ? void(line.out_f32 += line_stride) : void(line.out_u8 += line_stride);
    }
  };
  const RequantizationTable& table = *gemm.requantization;
  if (gemm.out_u8 == nullptr)
    with_kind(table.activation.kind, [&](auto kind) { each_line(finish_f32<kind()>); });
  else if (table.brief != Brief::kNo)
    with_brief(table.brief, [&](auto brief) {
      const auto finish = gemm.vectors == 2 ? finish_lines<brief(), 2> : finish_lines<brief(), 1>;
      finish(gemm, results, lines, pixels, line_stride);
    });
  else if (table.round_first)
    with_kind(table.activation.kind, [&](auto kind) { each_line(finish_numbers<kind()>); });
  else
    with_requantization(table, [&](auto kind, auto plain) { each_line(finish_u8<kind(), plain()>); });
}
