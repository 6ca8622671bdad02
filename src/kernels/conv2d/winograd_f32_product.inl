// The products of Winograd in floats, written once: see kernels/target.h and winograd_f32.h. kMostTiles is the most tiles of a group;
// plus_product(sum, x, y): sum + x * y.

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
    for (int v = 0; v < kVectors; ++v) acc[t][v] = plus_product(acc[t][v], x, w[v]);
  }
}

// Weights of the next block are asked for while this one is multiplied, as transformed weights come from beyond the second cache and the
// first group would wait for each: for every kUnroll steps so many lines that all groups together ask for all.
constexpr int kUnroll = 4, kLine = 64 / sizeof(float);
struct Ahead {
  const float* weights;
  std::int64_t lines;
};

// A block of the depth of `groups` groups of kTiles, those of the first at `windows` and `sums` and `windows_step` between the groups;
// `adds` to the sums of the blocks before. Many at once, as to call takes as long as some steps. Returns where the weights to ask for go
// on.
template <int kTiles, int kVectors>
OCTET_TARGET const float* multiply_groups(std::int64_t groups, const float* windows, std::int64_t windows_step, const float* weights,
                                          std::int64_t depth, bool adds, Ahead ahead, float* sums) {
  constexpr int kWidth = kVectors * kLanes;
  for (; groups > 0; --groups, windows += windows_step, sums += kTiles * kWidth) {
    Vec acc[kTiles][kVectors];
#pragma GCC unroll 16
    for (int t = 0; t < kTiles; ++t)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) acc[t][v] = set(0.0f);
    const float *window = windows, *w = weights;
    std::int64_t left = depth;
    for (; left >= kLanes; left -= kLanes, window += (kTiles - 1) * kLanes)
      for (int k = 0; k < kLanes; k += kUnroll, window += kUnroll, w += kUnroll * kWidth) {
        for (std::int64_t line = 0; line < ahead.lines; ++line, ahead.weights += kLine) __builtin_prefetch(ahead.weights, 0, 2);
#pragma GCC unroll 4
        for (int u = 0; u < kUnroll; ++u) multiply_step(acc, window + u, w + u * kWidth);
      }
    for (; left > 0; --left, ++window, w += kWidth) multiply_step(acc, window, w);
#pragma GCC unroll 16
    for (int t = 0; t < kTiles; ++t)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        float* to = sums + (t * kVectors + v) * kLanes;
        store(to, adds ? add(load(to), acc[t][v]) : acc[t][v]);
      }
  }
  return ahead.weights;
}

using GroupsFunction = const float* (*)(std::int64_t, const float*, std::int64_t, const float*, std::int64_t, bool, Ahead, float*);

template <int kVectors, int... kTiles>
constexpr std::array<GroupsFunction, sizeof...(kTiles)> groups_of(std::integer_sequence<int, kTiles...>) {
  return {multiply_groups<kTiles + 1, kVectors>...};
}

template <int kVectors>
constexpr auto kGroups = groups_of<kVectors>(std::make_integer_sequence<int, kMostTiles>());

}  // namespace

void winograd_product_f32(const WinogradProductF32& product) {
  const auto& functions = product.vectors == 2 ? kGroups<2> : kGroups<1>;
  const WinogradGroups& groups = product.groups;
  const std::int64_t width = std::int64_t{product.vectors} * kLanes, padded = (product.depth + kLanes - 1) / kLanes * kLanes;
  const std::int64_t lines = (width * kUnroll / kLine + groups.count() - 1) / groups.count();
  for (std::int64_t k = product.first; k < product.last; k += kWinogradSumBlock) {
    const std::int64_t depth = std::min(kWinogradSumBlock, product.last - k);
    const float *weights = product.weights + (k - product.first) * width, *next = weights + depth * width;
    const auto multiply = [&](std::int64_t first_group, std::int64_t last_group, std::int64_t tiles) {
      if (first_group == last_group) return;
      const std::int64_t first = groups.first(first_group);
      next = functions[static_cast<std::size_t>(tiles - 1)](last_group - first_group, product.windows + first * padded + k * tiles,
                                                            tiles * padded, weights, depth, k > 0, {next, lines},
                                                            product.sums + first * width);
    };
    multiply(0, groups.larger(), groups.least() + 1);
    multiply(groups.larger(), groups.count(), groups.least());
  }
}
