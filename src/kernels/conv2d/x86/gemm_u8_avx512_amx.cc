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
constexpr int kGroupsOfTile = kTileBytes / kGroup;
constexpr std::int64_t kMostGroupsByTurns = 128;  // measured with 16 to 512

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

// Sums of one or two tiles of rows, which begin at a0 and a1, and a panel: in registers 0 to 3. Behind each product
// `meanwhile` does some other work.
template <int kTiles, int kVectors, typename Meanwhile>
OCTET_OP void multiply(const GemmU8& gemm, const std::uint8_t* a0, const std::uint8_t* a1, Meanwhile&& meanwhile) {
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
      meanwhile.work();
      if constexpr (kVectors == 2) {
        _tile_loadd(7, weights + kTileBytes, kWeightStride);
        _tile_dpbusd(1, 4, 7);
        meanwhile.work();
      }
      if constexpr (kTiles == 2) {
        _tile_loadd(5, a1 + k, stride);
        _tile_dpbusd(2, 5, 6);
        meanwhile.work();
      }
      if constexpr (kTiles == 2 && kVectors == 2) {
        _tile_dpbusd(3, 5, 7);
        meanwhile.work();
      }
    }
}

struct Nothing {
  OCTET_OP void work() const {}
};

// A function of its own: registers that finishing takes would be missing in the loop.
template <int kTiles, int kVectors>
__attribute__((noinline)) OCTET_TARGET void multiply_alone(const GemmU8& gemm, const std::uint8_t* a0, const std::uint8_t* a1) {
  const Nothing nothing;
  multiply<kTiles, kVectors>(gemm, a0, a1, nothing);
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

template <int kVectors>
OCTET_TARGET void add_to_rows(const std::int32_t* row_start, std::int64_t rows, std::int32_t* sums) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (int v = 0; v < kVectors; ++v, sums += kLanes) store_ints(sums, add_ints(load_ints(sums), set_ints(row_start[r])));
}

// Finishing of a table that is brief.
template <Brief kBrief, int kVectors>
struct FinishBrief {
  PanelLimits limits;

  OCTET_OP void operator()(const GemmU8& gemm, const std::int32_t* sums, std::int64_t row, int rows) const {
    finish_brief<kBrief, kVectors>(gemm, limits, sums, row, rows);
  }
};

// Tiles whose sums lie one behind the other, to be finished behind the products of others, some rows at a time, or at once.
template <int kVectors, typename Finish>
class PendingTiles {
 public:
  PendingTiles(const GemmU8& gemm, const RowTiles& tiles, const Finish& finish)
      : gemm_(gemm), tiles_(tiles), finish_(finish), at_once_(rows_at_once_of(gemm, tiles)) {}

  void take(std::int64_t first, std::int64_t last, std::int32_t* sums) {
    next_ = first;
    last_ = last;
    sums_ = sums;
    begin_tile();
  }

  OCTET_OP void work() {
    if (rows_ > 0) finish_rows(at_once_);
  }

  OCTET_OP void finish() {
    while (rows_ > 0) finish_rows(kTileRows);
  }

 private:
  OCTET_OP void finish_rows(int most) {
    const int rows = std::min(most, rows_);
    if (gemm_.row_start != nullptr) add_to_rows<kVectors>(gemm_.row_start + row_, rows, sums_);
    finish_(gemm_, sums_, row_, rows);
    sums_ += rows * kVectors * kLanes;
    row_ += rows;
    rows_ -= rows;
    if (rows_ == 0) begin_tile();
  }

  // So many rows that none are left behind the last product, in steps of the finishing.
  static int rows_at_once_of(const GemmU8& gemm, const RowTiles& tiles) {
    constexpr std::int64_t kStep = 4;
    const std::int64_t products = std::max<std::int64_t>(1, gemm.groups / kGroupsOfTile) * 2 * kVectors;
    return static_cast<int>((2 * tiles.height + products * kStep - 1) / (products * kStep) * kStep);
  }

  void begin_tile() {
    if (next_ == last_) return;
    const std::int64_t first_new = tiles_.first_new(next_), known = first_new - tiles_.first(next_);
    sums_ += known * kVectors * kLanes;
    row_ = tiles_.line(next_) * gemm_.out_line_rows + first_new;
    rows_ = static_cast<int>(tiles_.height - known);
    ++next_;
  }

  const GemmU8& gemm_;
  const RowTiles& tiles_;
  const Finish finish_;
  const int at_once_;
  std::int64_t next_ = 0, last_ = 0, row_ = 0;
  int rows_ = 0;
  std::int32_t* sums_ = nullptr;
};

// While the products of two tiles are under way, vectors finish the two before them. By turns where there are few products: the processor
// does not look far enough ahead to overlap them itself. Where there are many it is the turns that cost.
template <int kVectors, bool kByTurns, typename Finish>
OCTET_TARGET void run_tiles(const GemmU8& gemm, Finish finish) {
  alignas(64) std::int32_t sums[(2 * kTileRows + 3) * kVectors * kLanes];  // and three rows that finishing may read
  const RowTiles tiles(gemm);
  if (tiles.count == 0) return;
  PendingTiles<kVectors, Finish> pending(gemm, tiles, finish);
  load_tiles(TileConfiguration(static_cast<int>(tiles.height)));
  for (std::int64_t t = 0; t < tiles.count; t += 2) {
    const bool two = t + 1 < tiles.count;
    const std::uint8_t *a0 = address(gemm, tiles, t), *a1 = two ? address(gemm, tiles, t + 1) : a0;
    if constexpr (kByTurns)
      two ? multiply<2, kVectors>(gemm, a0, a1, pending) : multiply<1, kVectors>(gemm, a0, a1, pending);
    else
      two ? multiply_alone<2, kVectors>(gemm, a0, a1) : multiply_alone<1, kVectors>(gemm, a0, a1);
    pending.finish();
    two ? store_sums<2, kVectors>(sums, tiles.height) : store_sums<1, kVectors>(sums, tiles.height);
    pending.take(t, two ? t + 2 : t + 1, sums);
  }
  _tile_release();
  pending.finish();
}

template <int kVectors, typename Finish>
void run_panel(const GemmU8& gemm, Finish finish) {
  gemm.groups <= kMostGroupsByTurns ? run_tiles<kVectors, true>(gemm, finish) : run_tiles<kVectors, false>(gemm, finish);
}

template <typename Finish>
void run(const GemmU8& gemm, Finish finish) {
  gemm.vectors == 2 ? run_panel<2>(gemm, finish) : run_panel<1>(gemm, finish);
}

template <Brief kBrief>
OCTET_TARGET void run_brief(const GemmU8& gemm) {
  const PanelLimits limits = limits_of(gemm);
  gemm.vectors == 2 ? run_panel<2>(gemm, FinishBrief<kBrief, 2>{limits}) : run_panel<1>(gemm, FinishBrief<kBrief, 1>{limits});
}

}  // namespace

void gemm_u8(const GemmU8& gemm) {
  const RequantizationTable& table = *gemm.requantization;
  if (gemm.addend != nullptr || gemm.copy_u8 != nullptr)
    with_kind(table.activation.kind, [&](auto kind) { run(gemm, finish_sum<kind()>); });
  else if (gemm.out_u8 == nullptr)
    with_kind(table.activation.kind, [&](auto kind) { run(gemm, finish_f32<kind()>); });
  else if (table.brief != Brief::kNo)
    with_brief(table.brief, [&](auto brief) { run_brief<brief()>(gemm); });
  else if (table.round_first)
    with_kind(table.activation.kind, [&](auto kind) { run(gemm, finish_numbers<kind()>); });
  else
    with_requantization(table, [&](auto kind, auto plain) { run(gemm, finish_u8<kind(), plain()>); });
}

}  // namespace octet::kernels::avx512_amx
