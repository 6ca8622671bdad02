// The integer matrix product of a panel, of the tiles of gemm_u8_tile.inl.

namespace {

template <typename FinishRows>
void run_tiles(const GemmU8& gemm, FinishRows finish) {
  alignas(64) std::int32_t sums[kTileRows * 2 * kLanes];
  const auto& tiles = gemm.vectors == 2 ? kTiles<2, Brief::kNo> : kTiles<1, Brief::kNo>;
  for_each_tile(gemm.rows, kTileRows, [&](std::int64_t row, std::int64_t rows) {
    tiles[static_cast<std::size_t>(rows - 1)](gemm, row, sums, nullptr);
    finish(gemm, sums, row, static_cast<int>(rows));
  });
}

template <Brief kBrief>
OCTET_TARGET void run_brief(const GemmU8& gemm) {
  const PanelLimits limits = limits_of(gemm);
  const auto& tiles = gemm.vectors == 2 ? kTiles<2, kBrief> : kTiles<1, kBrief>;
  for_each_tile(gemm.rows, kTileRows,
                [&](std::int64_t row, std::int64_t rows) { tiles[static_cast<std::size_t>(rows - 1)](gemm, row, nullptr, &limits); });
}

void run_reals(const GemmU8& gemm, const Limits& limits) {
  const auto& tiles = gemm.vectors == 2 ? kRealTiles<2> : kRealTiles<1>;
  for_each_tile(gemm.rows, kTileRows,
                [&](std::int64_t row, std::int64_t rows) { tiles[static_cast<std::size_t>(rows - 1)](gemm, row, limits); });
}

// Float results, without anything added or beside them.
void run_to_reals(const GemmU8& gemm) {
  const Activation& activation = gemm.requantization->activation;
  if (const auto limits = limits_of(activation)) return run_reals(gemm, *limits);
  with_kind(activation.kind, [&](auto kind) { run_tiles(gemm, finish_f32<kind()>); });
}

}  // namespace

void gemm_u8(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  if (gemm.addend != nullptr || gemm.copy_u8 != nullptr)
    with_kind(table.activation.kind, [&](auto kind) { run_tiles(gemm, finish_sum<kind()>); });
  else if (gemm.out_u8 == nullptr)
    run_to_reals(gemm);
  else if (table.brief != Brief::kNo)
    with_brief(table.brief, [&](auto brief) { run_brief<brief()>(gemm); });
  else if (table.round_first)
    with_kind(table.activation.kind, [&](auto kind) { run_tiles(gemm, finish_numbers<kind()>); });
  else
    with_requantization(table, [&](auto kind, auto plain) { run_tiles(gemm, finish_u8<kind(), plain()>); });
}
