// The matrix product of floats and of what is rounded from them, written once: see kernels/target.h. The activations are included before,
// and
//   Gemm, Factor, kGroup   the product, the type of its factors, and how many products of a sum are added in one step
//   kTileRows[]            the most rows of a tile that is one, two, ... vectors wide
//   broadcast(factor)      the group of factors there, in all lanes; load(weights): a vector of groups
//   fma(x, w, acc)         acc + the products of a group in each lane

namespace {

// How sums become results: in registers where few operations do it, else through memory. kAdded has an addend and no activation.
enum class Finish : std::uint8_t { kClamped, kLeaky, kHSwish, kAdded, kInMemory };

constexpr int kMostVectors = std::size(kTileRows);
constexpr int kMostSums = [] {  // vectors of them in a tile
  int most = 0;
  for (int v = 0; v < kMostVectors; ++v) most = std::max(most, kTileRows[v] * (v + 1));
  return most;
}();

// Rows are addressed as base, base + stride, base + 2 strides: a third of the pointers that would be needed otherwise,
// few enough for the general registers.
constexpr int kRowsPerBase = 3;

template <int kRows>
struct RowPointers {
  static constexpr int kBases = (kRows + kRowsPerBase - 1) / kRowsPerBase;
  const Factor* base[kBases];
  std::int64_t stride;

  OCTET_OP const Factor* row(int r) const { return base[r / kRowsPerBase] + r % kRowsPerBase * stride; }
};

// Keeps GCC from making a pointer of every row and every step, and from computing pointers in vector registers, where they would wait for
// the products of the tile before.
OCTET_OP void keep_general(const Factor*& pointer) { asm("" : "+r"(pointer)); }

template <int kRows>
OCTET_OP RowPointers<kRows> rows_from(const Gemm& gemm, std::int64_t row) {
  RowPointers<kRows> a;
  a.stride = gemm.a_stride;
#pragma GCC unroll 16
  for (int i = 0; i < a.kBases; ++i) {
    a.base[i] = gemm.a + (row + i * kRowsPerBase) * a.stride;
    keep_general(a.base[i]);
  }
  return a;
}

template <int kRows>
OCTET_OP void move_rows(RowPointers<kRows>& a, std::int64_t elements) {
#pragma GCC unroll 16
  for (int i = 0; i < a.kBases; ++i) {
    a.base[i] += elements;
    keep_general(a.base[i]);
  }
}

OCTET_OP void store_channels(float* to, Vec values, std::int64_t count) {
  count >= kLanes ? store(to, values) : store_first(to, values, count);
}

OCTET_OP Vec load_channels(const float* from, std::int64_t count) {
  return count >= kLanes ? load(from) : load_first(from, count, set(0.0f));
}

// Activates and stores kRows rows of sums that lie vectors * kLanes apart.
template <Activation::Kind kKind>
OCTET_TARGET void finish_rows(const Gemm& gemm, const float* sums, std::int64_t row, int rows) {
  const Vec a = set(gemm.activation.a), b = set(gemm.activation.b);
  for (int r = 0; r < rows; ++r, ++row, sums += gemm.vectors * kLanes)
    for (std::int64_t c = 0; c < gemm.channels; c += kLanes) {
      Vec result = activate<kKind>(load(sums + c), a, b);
      if (gemm.addend != nullptr) result = add(result, load_channels(gemm.addend + row * gemm.addend_stride + c, gemm.channels - c));
      store_channels(gemm.out + row * gemm.out_stride + c, result, gemm.channels - c);
    }
}

template <Finish kFinish>
OCTET_OP Vec finished(Vec sum, Vec slope, Vec lowest, Vec highest) {
  if constexpr (kFinish == Finish::kLeaky) return activate<Activation::Kind::kLeaky>(sum, slope, slope);
  if constexpr (kFinish == Finish::kHSwish) return activate<Activation::Kind::kHSwish>(sum, slope, slope);
  if constexpr (kFinish == Finish::kAdded) return sum;
  return clamp(sum, lowest, highest);
}

template <int kRows, int kVectors>
OCTET_OP void add_addend(const Gemm& gemm, Vec (&acc)[kRows][kVectors], std::int64_t row) {
  const std::int64_t in_last = gemm.channels - (kVectors - 1) * kLanes;
  const float* addend = gemm.addend + row * gemm.addend_stride;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r, addend += gemm.addend_stride)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = add(acc[r][v], load_channels(addend + v * kLanes, v + 1 < kVectors ? kLanes : in_last));
}

template <Finish kFinish, int kRows, int kVectors>
OCTET_OP void finish_in_registers(const Gemm& gemm, const Limits& limits, Vec (&acc)[kRows][kVectors], std::int64_t row) {
  const Vec slope = set(gemm.activation.a), lowest = set(limits.lowest), highest = set(limits.highest);
  const std::int64_t in_last = gemm.channels - (kVectors - 1) * kLanes;
  const std::int64_t out_stride = gemm.out_stride;
  float* out = gemm.out + row * out_stride;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r, out += out_stride)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v)
      store_channels(out + v * kLanes, finished<kFinish>(acc[r][v], slope, lowest, highest), v + 1 < kVectors ? kLanes : in_last);
}

// The products of a group, after which the rows are at the next one.
template <int kRows, int kVectors>
OCTET_OP void multiply_step(Vec (&acc)[kRows][kVectors], RowPointers<kRows>& a, const Factor* weights) {
  decltype(load(weights)) w[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) w[v] = load(weights + v * kLanes * kGroup);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    const auto x = broadcast(a.row(r));
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = fma(x, w[v], acc[r][v]);
  }
  move_rows(a, kGroup);
}

template <int kRows, int kVectors>
OCTET_OP void add_sums(Vec (&acc)[kRows][kVectors], const float* sums) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = add(acc[r][v], load(sums + (r * kVectors + v) * kLanes));
}

template <int kRows, int kVectors>
OCTET_OP void store_sums(const Vec (&acc)[kRows][kVectors], float* sums) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) store(sums + (r * kVectors + v) * kLanes, acc[r][v]);
}

template <int kRows, int kVectors>
OCTET_OP void clear_sums(Vec (&acc)[kRows][kVectors]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) acc[r][v] = set(0.0f);
}

// A burst of stores at the end would wait for each line.
template <int kRows, int kVectors>
OCTET_OP void fetch_results(const Gemm& gemm, std::int64_t row) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) __builtin_prefetch(gemm.out + (row + r) * gemm.out_stride + v * kLanes, 1);
}

// Weights come from beyond the second cache, and the first tile of a panel would wait for each line of them. The tiles ask for the next
// ones, `lines` for every kUnroll steps of the sums.
struct Ahead {
  const Factor *at = nullptr, *end = nullptr;
  std::int64_t lines = 0;
};
constexpr int kUnroll = 4;
constexpr std::int64_t kLine = 64 / sizeof(Factor);

Ahead ahead_of(const Gemm& gemm, std::int64_t tiles) {
  if (gemm.next.empty()) return {};
  const auto size = static_cast<std::int64_t>(gemm.next.size());
  const std::int64_t each = kLine * tiles * std::max<std::int64_t>(1, gemm.depth / (kUnroll * kGroup));
  return {gemm.next.data(), gemm.next.data() + size, (size + each - 1) / each};
}

OCTET_OP void ask_for_next(Ahead& ahead) {
  if (ahead.at >= ahead.end) return;
  for (std::int64_t line = 0; line < ahead.lines; ++line, ahead.at += kLine) __builtin_prefetch(ahead.at, 0, 2);
}

// kRows rows from `row` on: the sums go to `sums`, kVectors * kLanes apart, or from the registers to the results. `sums` also
// holds what the blocks of the depth before this one came to. The bias comes last, so that no small product is lost beside it.
template <int kRows, int kVectors, Finish kFinish>
OCTET_TARGET void multiply_tile(const Gemm& gemm, std::int64_t row, float* sums, const Limits& limits, Ahead& next) {
  constexpr int kWidth = kVectors * kLanes * kGroup;
  Vec acc[kRows][kVectors];
  clear_sums(acc);
  if (gemm.out_is_far) fetch_results<kRows, kVectors>(gemm, row);
  RowPointers<kRows> a = rows_from<kRows>(gemm, row);
  const Factor* weights = gemm.weights;
  Ahead ahead = next;
  std::int64_t left = gemm.depth, left_of_run = gemm.run;
  for (;;) {
    for (std::int64_t block = std::min(left, kSumBlock); block > 0;) {
      const std::int64_t count = std::min(block, left_of_run);
      const std::int64_t groups = count / kGroup;
      for (std::int64_t steps = groups / kUnroll; steps > 0; --steps, weights += kUnroll * kWidth) {
#pragma GCC unroll 4
        for (int u = 0; u < kUnroll; ++u) multiply_step(acc, a, weights + u * kWidth);
        ask_for_next(ahead);
      }
      for (std::int64_t steps = groups % kUnroll; steps > 0; --steps, weights += kWidth) multiply_step(acc, a, weights);
      block -= count;
      left_of_run -= count;
      if (left_of_run > 0) continue;
      move_rows(a, gemm.run_step - gemm.run);
      left_of_run = gemm.run;
    }
    if (left <= kSumBlock) break;
    if (left < gemm.depth) add_sums(acc, sums);
    store_sums(acc, sums);
    clear_sums(acc);
    left -= kSumBlock;
  }
  next.at = ahead.at;
  if (gemm.depth > kSumBlock) add_sums(acc, sums);
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const Vec bias = load(gemm.bias + v * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) acc[r][v] = add(acc[r][v], bias);
  }
  if constexpr (kFinish == Finish::kAdded) add_addend(gemm, acc, row);
  if constexpr (kFinish != Finish::kInMemory) return finish_in_registers<kFinish>(gemm, limits, acc, row);
  store_sums(acc, sums);
}

using TileFunction = void (*)(const Gemm&, std::int64_t row, float* sums, const Limits&, Ahead&);

template <int kVectors, Finish kFinish, int... kRows>
constexpr std::array<TileFunction, sizeof...(kRows)> tiles_of(std::integer_sequence<int, kRows...>) {
  return {multiply_tile<kRows + 1, kVectors, kFinish>...};
}

template <int kVectors, Finish kFinish>
constexpr auto kTiles = tiles_of<kVectors, kFinish>(std::make_integer_sequence<int, kTileRows[kVectors - 1]>());

using FinishFunction = void (*)(const Gemm&, const float* sums, std::int64_t row, int rows);

// All tiles of a product whose vectors are at least kVectors; `finish` is for sums in memory.
template <Finish kFinish, int kVectors = 1>
void run_tiles(const Gemm& gemm, const Limits& limits, FinishFunction finish) {
  if constexpr (kVectors < kMostVectors)
    if (gemm.vectors != kVectors) return run_tiles<kFinish, kVectors + 1>(gemm, limits, finish);
  constexpr int kMostRows = kTileRows[kVectors - 1];
  alignas(64) float sums[kMostSums * kLanes];
  Ahead ahead = ahead_of(gemm, (gemm.rows + kMostRows - 1) / kMostRows);
  for_each_tile(gemm.rows, kMostRows, [&](std::int64_t row, std::int64_t rows) {
    kTiles<kVectors, kFinish>[static_cast<std::size_t>(rows - 1)](gemm, row, sums, limits, ahead);
    if (kFinish == Finish::kInMemory) finish(gemm, sums, row, static_cast<int>(rows));
  });
}

void run_gemm(const Gemm& gemm) {
  if (gemm.addend != nullptr) {
    if (gemm.activation.kind == Activation::Kind::kNone) return run_tiles<Finish::kAdded>(gemm, {}, nullptr);
  } else {
    if (const auto limits = limits_of(gemm.activation)) return run_tiles<Finish::kClamped>(gemm, *limits, nullptr);
    if (gemm.activation.kind == Activation::Kind::kLeaky) return run_tiles<Finish::kLeaky>(gemm, {}, nullptr);
    if (gemm.activation.kind == Activation::Kind::kHSwish) return run_tiles<Finish::kHSwish>(gemm, {}, nullptr);
  }
  with_kind(gemm.activation.kind, [&](auto kind) { run_tiles<Finish::kInMemory>(gemm, {}, finish_rows<kind()>); });
}

}  // namespace
