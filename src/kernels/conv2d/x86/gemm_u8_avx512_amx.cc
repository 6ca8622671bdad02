// Integer matrix product with AMX: registers of 16 rows by 16 channels, 64 exact products a step, two by two of them at a time.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx512.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/x86/tiles.h"

#define OCTET_TARGET OCTET_AVX512_AMX

namespace octet::kernels::avx512_amx {
namespace {

using namespace avx512;  // its vectors and activations

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"

namespace {

constexpr int kGroup = 4;  // products that are added in one lane

// The rows of a line are cut into tiles of as even a height as can be, as the time of a product goes by its rows. All have the same: the
// last one of a line may begin in the one before it.
struct RowTiles {
  std::int64_t rows, in_a_line, height, count;

  explicit RowTiles(const GemmU8& gemm)
      : rows(gemm.rows),
        in_a_line((rows + kTileRows - 1) / kTileRows),
        height((rows + in_a_line - 1) / std::max<std::int64_t>(in_a_line, 1)),
        count(gemm.lines * in_a_line) {}

  std::int64_t line(std::int64_t tile) const { return tile / in_a_line; }
  // In its line.
  std::int64_t first(std::int64_t tile) const { return std::min(tile % in_a_line * height, rows - height); }
  std::int64_t first_new(std::int64_t tile) const { return tile % in_a_line * height; }  // that no tile before it has
};

const std::uint8_t* address(const GemmU8& gemm, const RowTiles& tiles, std::int64_t tile) {
  return static_cast<const std::uint8_t*>(gemm.a) + tiles.line(tile) * gemm.a_line_step + tiles.first(tile) * gemm.a_stride;
}

// Sums of one or two tiles of rows, which begin at a0 and a1, and a panel: in registers 0 to 3.
template <int kTiles, int kVectors>
OCTET_TARGET void multiply(const GemmU8& gemm, const std::uint8_t* a0, const std::uint8_t* a1) {
  constexpr std::int64_t kWeightStride = kVectors * kTileBytes;
  const auto* weights = static_cast<const std::int8_t*>(gemm.weights);
  const std::int64_t stride = gemm.a_stride;
  _tile_loadd(0, gemm.start, 0);
  if constexpr (kVectors == 2) _tile_loadd(1, gemm.start + kLanes, 0);
  if constexpr (kTiles == 2) _tile_loadd(2, gemm.start, 0);
  if constexpr (kTiles == 2 && kVectors == 2) _tile_loadd(3, gemm.start + kLanes, 0);
  for (std::int64_t left = gemm.groups; left > 0; left -= gemm.run_groups, a0 += gemm.run_step, a1 += gemm.run_step)
    for (std::int64_t k = 0; k < kGroup * gemm.run_groups; k += kTileBytes, weights += kTileRows * kWeightStride) {
      _tile_loadd(4, a0 + k, stride);
      _tile_loadd(6, weights, kWeightStride);
      _tile_dpbusd(0, 4, 6);
      if constexpr (kVectors == 2) {
        _tile_loadd(7, weights + kTileBytes, kWeightStride);
        _tile_dpbusd(1, 4, 7);
      }
      if constexpr (kTiles == 2) {
        _tile_loadd(5, a1 + k, stride);
        _tile_dpbusd(2, 5, 6);
        if constexpr (kVectors == 2) _tile_dpbusd(3, 5, 7);
      }
    }
}

template <int kTiles, int kVectors>
OCTET_TARGET void store_sums(std::int32_t* sums, std::int64_t height) {
  constexpr std::int64_t kWidth = kVectors * kLanes, kStride = kWidth * std::int64_t{sizeof(std::int32_t)};
  fence_memory();
  _tile_stored(0, sums, kStride);
  if constexpr (kVectors == 2) _tile_stored(1, sums + kLanes, kStride);
  if constexpr (kTiles == 2) _tile_stored(2, sums + height * kWidth, kStride);
  if constexpr (kTiles == 2 && kVectors == 2) _tile_stored(3, sums + height * kWidth + kLanes, kStride);
  fence_memory();
}

// Sixty-four sums as results in their order: the first and the third quarter are of the panel's first channels, the others of those from
// lane kSecond on.
template <Brief kBrief, int kSecond>
OCTET_OP Ints bytes_of_sums(const PanelLimits& limits, const std::int32_t* first, const std::int32_t* second) {
  const Ints packed = pack_bytes(words_of<kBrief>(limits, kSecond, load_ints(first), load_ints(first + kLanes)),
                                 words_of<kBrief>(limits, kSecond, load_ints(second), load_ints(second + kLanes)));
  return in_order(min_bytes(max_bytes(packed, limits.lowest), limits.highest));
}

// Finishing of a table that is brief.
template <Brief kBrief>
struct FinishBrief {
  PanelLimits limits;

  OCTET_TARGET void operator()(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) const {
    std::uint8_t* out = gemm.out_u8 + row * gemm.out_stride;
    gemm.vectors == 2 ? finish_two(gemm, sums, rows, out) : finish_one(gemm, sums, rows, out);
  }

 private:
  // Of two registers a row, two rows at a time.
  OCTET_TARGET void finish_two(const GemmU8& gemm, const std::int32_t* sums, int rows, std::uint8_t* out) const {
    constexpr std::int64_t kWidth = 2 * kLanes;
    const PanelLimits here = limits;  // in registers: results are bytes, which could be anything's
    const std::int64_t stride = gemm.out_stride, channels = gemm.channels;
    for (int r = 0; r < rows; r += 2, sums += 2 * kWidth, out += 2 * stride) {
      const bool pair = r + 1 < rows;
      const Ints bytes = bytes_of_sums<kBrief, kLanes>(here, sums, pair ? sums + kWidth : sums);
      store_half(out, low_half(bytes), channels);
      if (pair) store_half(out + stride, high_half(bytes), channels);
    }
  }

  // Of one register a row, four rows at a time: those that are not there are whatever the memory for sums holds.
  OCTET_TARGET void finish_one(const GemmU8& gemm, const std::int32_t* sums, int rows, std::uint8_t* out) const {
    const PanelLimits here = limits;
    const auto lanes = first_lanes(gemm.channels);
    for (int r = 0; r < rows; r += 4, sums += 4 * kLanes) {
      const Ints bytes = bytes_of_sums<kBrief, 0>(here, sums, sums + 2 * kLanes);
      const __m128i each[4] = {_mm512_castsi512_si128(bytes), _mm512_extracti32x4_epi32(bytes, 1), _mm512_extracti32x4_epi32(bytes, 2),
                               _mm512_extracti32x4_epi32(bytes, 3)};
      for (int i = 0; i < 4 && r + i < rows; ++i, out += gemm.out_stride) _mm_mask_storeu_epi8(out, lanes, each[i]);
    }
  }
};

template <int kVectors>
OCTET_TARGET void add_to_rows(const std::int32_t* row_start, std::int64_t rows, std::int32_t* sums) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (int v = 0; v < kVectors; ++v, sums += kLanes) store_ints(sums, add_ints(load_ints(sums), set_ints(row_start[r])));
}

// The results of tiles [first, last), whose sums lie one behind the other.
template <int kVectors, typename Finish>
OCTET_TARGET void finish_tiles(const GemmU8& gemm, const RowTiles& tiles, std::int64_t first, std::int64_t last, std::int32_t* sums,
                               const Finish& finish) {
  for (std::int64_t t = first; t < last; ++t, sums += tiles.height * kVectors * kLanes) {
    const std::int64_t first_new = tiles.first_new(t), known = first_new - tiles.first(t);
    const std::int64_t row = tiles.line(t) * gemm.out_line_rows + first_new;
    std::int32_t* unknown = sums + known * kVectors * kLanes;
    if (gemm.row_start != nullptr) add_to_rows<kVectors>(gemm.row_start + row, tiles.height - known, unknown);
    finish(gemm, unknown, row, static_cast<int>(tiles.height - known));
  }
}

// While the products of two tiles are under way, vectors finish the two before them.
template <int kVectors, typename Finish>
OCTET_TARGET void run_tiles(const GemmU8& gemm, const Finish& finish) {
  alignas(64) std::int32_t sums[(2 * kTileRows + 3) * kVectors * kLanes];  // and three rows that finishing may read
  const RowTiles tiles(gemm);
  if (tiles.count == 0) return;
  load_tiles(TileConfiguration(static_cast<int>(tiles.height)));
  for (std::int64_t t = 0; t < tiles.count; t += 2) {
    const bool two = t + 1 < tiles.count;
    const std::uint8_t *a0 = address(gemm, tiles, t), *a1 = two ? address(gemm, tiles, t + 1) : a0;
    two ? multiply<2, kVectors>(gemm, a0, a1) : multiply<1, kVectors>(gemm, a0, a1);
    if (t > 0) finish_tiles<kVectors>(gemm, tiles, t - 2, t, sums, finish);
    two ? store_sums<2, kVectors>(sums, tiles.height) : store_sums<1, kVectors>(sums, tiles.height);
  }
  _tile_release();
  finish_tiles<kVectors>(gemm, tiles, (tiles.count - 1) / 2 * 2, tiles.count, sums, finish);
}

template <typename Finish>
void run(const GemmU8& gemm, const Finish& finish) {
  gemm.vectors == 2 ? run_tiles<2>(gemm, finish) : run_tiles<1>(gemm, finish);
}

template <Brief kBrief>
OCTET_TARGET void run_brief(const GemmU8& gemm) {
  run(gemm, FinishBrief<kBrief>{limits_of(gemm)});
}

}  // namespace

void gemm_u8(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  if (gemm.out_u8 == nullptr)
    with_kind(table.activation.kind, [&](auto kind) { run(gemm, finish_f32<kind()>); });
  else if (table.brief != Brief::kNo)
    with_brief(table.brief, [&](auto brief) { run_brief<brief()>(gemm); });
  else if (table.round_first)
    with_kind(table.activation.kind, [&](auto kind) { run(gemm, finish_numbers<kind()>); });
  else
    with_requantization(table, [&](auto kind, auto plain) { run(gemm, finish_u8<kind(), plain()>); });
}

}  // namespace octet::kernels::avx512_amx
