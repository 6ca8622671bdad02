// The products of Winograd in floats, written once: see kernels/target.h and winograd_f32.h. kMostTiles is the most tiles of a group.

namespace {

// The weights of a block stay in the first cache while all groups read them.
static_assert(kWinogradSumBlock % kLanes == 0);

template <int kTiles, int kVectors>
OCTET_OP void multiply_step(Vec (&acc)[kTiles][kVectors], const float* windows, const float* weights) {
  Vec w[kVectors];
#pragma GCC unroll 2
  for (int v = 0; v < kVectors; ++v) w[v] = load(weights + v * kLanes);
#pragma GCC unroll 16
  for (int t = 0; t < kTiles; ++t) {
    const Vec x = set(windows[t * kLanes]);
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) acc[t][v] = fma(x, w[v], acc[t][v]);
  }
}

// Weights of the next block are asked for while this one is multiplied, as transformed weights come from beyond the second cache and the
// first group would wait for each: for every kUnroll steps so many lines that all groups together ask for all.
constexpr int kUnroll = 4, kLine = 64 / sizeof(float);
struct Ahead {
  const float* weights;
  int lines;
};

// A group of kTiles and a block of the depth; `adds` to the sums of the blocks before.
template <int kTiles, int kVectors>
OCTET_TARGET void multiply_group(const float* windows, const float* weights, std::int64_t depth, bool adds, Ahead ahead, float* sums) {
  constexpr int kWidth = kVectors * kLanes;
  Vec acc[kTiles][kVectors];
#pragma GCC unroll 16
  for (int t = 0; t < kTiles; ++t)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) acc[t][v] = set(0.0f);
  for (; depth >= kLanes; depth -= kLanes, windows += (kTiles - 1) * kLanes)
    for (int k = 0; k < kLanes; k += kUnroll, windows += kUnroll, weights += kUnroll * kWidth) {
      for (int line = 0; line < ahead.lines; ++line, ahead.weights += kLine) __builtin_prefetch(ahead.weights, 0, 2);
#pragma GCC unroll 4
      for (int u = 0; u < kUnroll; ++u) multiply_step(acc, windows + u, weights + u * kWidth);
    }
  for (; depth > 0; --depth, ++windows, weights += kWidth) multiply_step(acc, windows, weights);
#pragma GCC unroll 16
  for (int t = 0; t < kTiles; ++t)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      float* to = sums + (t * kVectors + v) * kLanes;
      store(to, adds ? add(load(to), acc[t][v]) : acc[t][v]);
    }
}

using GroupFunction = void (*)(const float*, const float*, std::int64_t, bool, Ahead, float*);

template <int kVectors, int... kTiles>
constexpr std::array<GroupFunction, sizeof...(kTiles)> groups_of(std::integer_sequence<int, kTiles...>) {
  return {multiply_group<kTiles + 1, kVectors>...};
}

template <int kVectors>
constexpr auto kGroups = groups_of<kVectors>(std::make_integer_sequence<int, kMostTiles>());

}  // namespace

void winograd_product_f32(const WinogradProductF32& product) {
  const auto& functions = product.vectors == 2 ? kGroups<2> : kGroups<1>;
  const std::int64_t width = std::int64_t{product.vectors} * kLanes, padded = (product.depth + kLanes - 1) / kLanes * kLanes;
  const std::int64_t groups = product.groups.count(), lines = (width * kUnroll / kLine + groups - 1) / groups;
  for (std::int64_t k = product.first; k < product.last; k += kWinogradSumBlock) {
    const std::int64_t depth = std::min(kWinogradSumBlock, product.last - k);
    const float *weights = product.weights + (k - product.first) * width, *next = weights + depth * width;
    for (std::int64_t group = 0; group < groups; ++group, next += depth / kUnroll * lines * kLine) {
      const std::int64_t first = product.groups.first(group), tiles = product.groups.first(group + 1) - first;
      functions[static_cast<std::size_t>(tiles - 1)](product.windows + first * padded + k * tiles, weights, depth, k > 0,
                                                     {next, static_cast<int>(lines)}, product.sums + first * width);
    }
  }
}
