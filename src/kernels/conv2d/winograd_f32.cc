#include "kernels/conv2d/winograd_f32.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/conv2d/panels.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kTaps = 9, kLine = 64 / sizeof(float);

// An odd number of cache lines, so that what lies so far apart does not fight for the same places of a cache.
std::int64_t odd_lines(std::int64_t elements) { return ((elements + kLine - 1) / kLine | 1) * kLine; }

// Weights of some neighbouring output channels, which compilers transform together. In double, so that each is rounded but once.
constexpr std::int64_t kFilters = 4;  // the lanes of a panel are a multiple
using Weights = std::array<double, kFilters>;

// Three weights as those of one row or column of the transform.
template <int kTile>
void transform_weights_line(const Weights* from, int from_step, Weights* to, int to_step) {
  for (std::size_t i = 0; i < kFilters; ++i) {
    const double w0 = from[0][i], w1 = from[from_step][i], w2 = from[2 * from_step][i];
    if constexpr (kTile == 2) {
      to[0][i] = w0;
      to[to_step][i] = (w0 + w1 + w2) / 2;
      to[2 * to_step][i] = (w0 - w1 + w2) / 2;
      to[3 * to_step][i] = w2;
    } else {
      constexpr double kA = kNearPoint, kB = kFarPoint, kA2 = kA * kA, kB2 = kB * kB;
      constexpr double kOfA = 1 / (2 * kA2 * (kA2 - kB2)), kOfB = 1 / (2 * kB2 * (kB2 - kA2));
      to[0][i] = w0 / (kA2 * kB2);
      to[to_step][i] = (w0 + kA * w1 + kA2 * w2) * kOfA;
      to[2 * to_step][i] = (w0 - kA * w1 + kA2 * w2) * kOfA;
      to[3 * to_step][i] = (w0 + kB * w1 + kB2 * w2) * kOfB;
      to[4 * to_step][i] = (w0 - kB * w1 + kB2 * w2) * kOfB;
      to[5 * to_step][i] = w2;
    }
  }
}

// The weights of positions lie `step` apart.
template <int kTile>
void transform_weights(const Weights (&taps)[kTaps], std::int64_t step, float* to) {
  constexpr int kSide = kTile + 2;
  Weights columns[kSide * 3], line[kSide];
  for (int x = 0; x < 3; ++x) transform_weights_line<kTile>(taps + x, 3, columns + x, 3);
  for (int y = 0; y < kSide; ++y) {
    transform_weights_line<kTile>(columns + y * 3, 1, line, 1);
    for (int x = 0; x < kSide; ++x, to += step)
      for (std::size_t i = 0; i < kFilters; ++i) to[i] = static_cast<float>(line[x][i]);
  }
}

class WinogradConv2dF32 final : public ConvolutionF32 {
 public:
  WinogradConv2dF32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    const Kernel<WinogradF32Function>& kernel, int tile)
      : shape_(shape),
        activation_(activation),
        kernel_(kernel),
        tile_(tile),
        panels_(split_into_panels(shape.out_channels, lanes(), shape.in_channels)),
        position_weights_(packed_size(panels_, lanes(), shape.in_channels)),
        weights_(static_cast<std::size_t>(positions()) * position_weights_),
        bias_(static_cast<std::size_t>(shape.out_channels + most_width())),
        zeros_(static_cast<std::size_t>(window_channels())) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(shape.in_channels * shape.out_channels * kTaps), "weights do not fit");
    OCTET_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(shape.out_channels), "bias does not fit the convolution");
    for (const Panel& panel : panels_) pack(panel, weights.data());
    std::copy(bias.begin(), bias.end(), bias_.data());
  }

  std::string_view name() const override { return kernel_.name; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    return scratch_of(std::min(out_pixels, most_tiles_of_a_block()));  // an image one pixel wide has as many tiles
  }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const WinogradTiles tiles{out.height, out.width, tile_};
    const std::int64_t fewest = (tiles.count() + most_tiles_of_a_block() - 1) / most_tiles_of_a_block();
    const std::int64_t wanted = pool.threads() == 1 ? 1 : kTasksPerThread * pool.threads();
    const std::int64_t blocks = std::max(fewest, std::min(wanted, tiles.count() / kernel_.run.tiles));
    const bool together = pool.threads() > 1 && (has_many_weights() || blocks < wanted);
    together ? run_together(in, out, tiles, fewest, pool) : run_each_alone(in, out, tiles, blocks, pool);
  }

 private:
  // Tiles that are computed at once, with their windows[position][group][vector][tile][channel] and sums[panel][position][tile][lane].
  struct Block {
    WinogradTiles tiles;
    std::int64_t first = 0;
    WinogradGroups groups;
    float *windows = nullptr, *sums = nullptr;
  };

  int window() const { return tile_ + 2; }
  int positions() const { return window() * window(); }
  const WinogradTransformsF32& transforms() const { return tile_ == 2 ? kernel_.run.of_2x2 : kernel_.run.of_4x4; }
  int lanes() const { return kernel_.run.lanes; }
  std::int64_t panels() const { return static_cast<std::int64_t>(panels_.size()); }
  std::int64_t most_width() const { return 2 * lanes(); }
  std::int64_t width_of(const Panel& panel) const { return std::int64_t{panel.vectors} * lanes(); }
  std::int64_t window_channels() const {  // whole vectors
    const std::int64_t step = kernel_.run.channels;
    return (shape_.in_channels + step - 1) / step * step;
  }
  std::int64_t window_step(std::int64_t tiles) const { return odd_lines(tiles * window_channels()); }
  std::int64_t sum_step(std::int64_t tiles) const { return odd_lines(tiles * most_width()); }
  std::int64_t tile_bytes() const { return positions() * (window_channels() + panels() * most_width()) * std::int64_t{sizeof(float)}; }
  std::size_t scratch_of(std::int64_t tiles) const {
    return static_cast<std::size_t>(positions() * (window_step(tiles) + panels() * sum_step(tiles))) * sizeof(float);
  }

  // Whether the weights leave no room for anything else in the second cache.
  bool has_many_weights() const { return weights_.size() * sizeof(float) > kWeightBytes; }

  // Windows and sums of a block stay in the second cache. Each block reads all weights: where they are many, it has more tiles than that.
  std::int64_t most_tiles_of_a_block() const {
    const std::int64_t fewest = has_many_weights() ? kFewestTiles : 2 * kernel_.run.tiles;
    return std::max(fewest, kBlockBytes / tile_bytes());
  }

  Block block_of(const WinogradTiles& tiles, std::int64_t block, std::int64_t blocks, std::byte* scratch) const {
    const std::int64_t first = tiles.count() * block / blocks, count = tiles.count() * (block + 1) / blocks - first;
    auto* windows = reinterpret_cast<float*>(scratch);
    return {tiles, first, {count, kernel_.run.tiles}, windows, windows + positions() * window_step(count)};
  }

  // Threads take blocks, each all of one.
  void run_each_alone(const ImageView<const float>& in, const ImageView<float>& out, const WinogradTiles& tiles, std::int64_t blocks,
                      ThreadPool& pool) const {
    pool.run_each(blocks, scratch_bytes(tiles.count()), [&](std::int64_t task, std::byte* scratch) {
      const Block block = block_of(tiles, task, blocks, scratch);
      transform_windows(in, block, 0, block.groups.count());
      multiply(block, 0, positions() * panels());
      finish(block, 0, block.groups.tiles, out);
    });
  }

  // Threads share each block, so that its windows are transformed once and each weight is read by one of them.
  void run_together(const ImageView<const float>& in, const ImageView<float>& out, const WinogradTiles& tiles, std::int64_t blocks,
                    ThreadPool& pool) const {
    std::byte* shared = nullptr;  // the scratch of this thread
    pool.run_each(1, scratch_bytes(tiles.count()), [&](std::int64_t, std::byte* scratch) { shared = scratch; });
    for (std::int64_t i = 0; i < blocks; ++i) {
      const Block block = block_of(tiles, i, blocks, shared);
      pool.run(block.groups.count(), 1, [&](std::int64_t begin, std::int64_t end) { transform_windows(in, block, begin, end); });
      pool.run(positions() * panels(), 1, [&](std::int64_t begin, std::int64_t end) { multiply(block, begin, end); });
      pool.run(block.groups.tiles, 1, [&](std::int64_t begin, std::int64_t end) { finish(block, begin, end, out); });
    }
  }

  // [position][panel][input channel][lane]
  void pack(const Panel& panel, const float* weights) {
    float* to = weights_.data() + panel.offset;
    for (std::int64_t i = 0; i < shape_.in_channels; ++i, to += width_of(panel))
      for (std::int64_t lane = 0; lane < panel.channels; lane += kFilters) {
        Weights taps[kTaps] = {};
        for (std::int64_t filter = 0; filter < std::min(kFilters, panel.channels - lane); ++filter) {
          const float* from = weights + ((panel.first + lane + filter) * shape_.in_channels + i) * kTaps;
          for (int tap = 0; tap < kTaps; ++tap) taps[tap][static_cast<std::size_t>(filter)] = from[tap];
        }
        const auto step = static_cast<std::int64_t>(position_weights_);
        tile_ == 2 ? transform_weights<2>(taps, step, to + lane) : transform_weights<4>(taps, step, to + lane);
      }
  }

  void transform_windows(const ImageView<const float>& in, const Block& block, std::int64_t first_group, std::int64_t last_group) const {
    for (std::int64_t group = first_group; group < last_group; ++group) {
      const std::int64_t first = block.groups.first(group), tiles = block.groups.first(group + 1) - first;
      for (std::int64_t t = 0; t < tiles; ++t) {
        float* to = block.windows + first * window_channels() + t * kernel_.run.channels;
        const WinogradTile tile = block.tiles[block.first + first + t];
        const float* pixels[kWinogradPositions];
        find_window<float>(shape_, in, tile, window(), zeros_.data(), pixels);
        transforms().input(pixels, window_channels(), window_step(block.groups.tiles), tiles * kernel_.run.channels, to);
      }
    }
  }

  float* sums_of(const Block& block, std::int64_t panel) const { return block.sums + panel * positions() * sum_step(block.groups.tiles); }

  // Products of a position and a panel, the panels of a position one after another.
  void multiply(const Block& block, std::int64_t first, std::int64_t last) const {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t position = i / panels(), p = i % panels();
      const Panel& panel = panels_[static_cast<std::size_t>(p)];
      kernel_.run.product({block.windows + position * window_step(block.groups.tiles), block.groups, shape_.in_channels,
                           weights_.data() + static_cast<std::size_t>(position) * position_weights_ + panel.offset, panel.vectors,
                           sums_of(block, p) + position * sum_step(block.groups.tiles)});
    }
  }

  void finish(const Block& block, std::int64_t first, std::int64_t last, const ImageView<float>& out) const {
    for (std::int64_t p = 0; p < panels(); ++p) {
      const Panel& panel = panels_[static_cast<std::size_t>(p)];
      GemmF32 gemm;
      gemm.bias = bias_.data() + panel.first;
      gemm.channels = panel.channels;
      gemm.out_stride = out.pixel_stride;
      gemm.activation = activation_;
      for (std::int64_t t = first; t < last; ++t) {
        const WinogradTile tile = block.tiles[block.first + t];
        gemm.out = out.pixel(tile.y, tile.x) + panel.first;
        transforms().output(gemm, sums_of(block, p) + t * width_of(panel), sum_step(block.groups.tiles), tile,
                            out.width * out.pixel_stride);
      }
    }
  }

  static constexpr std::size_t kWeightBytes = 1 << 20;
  static constexpr std::int64_t kBlockBytes = 512 << 10, kFewestTiles = 56;

  Conv2dShape shape_;
  Activation activation_;
  const Kernel<WinogradF32Function>& kernel_;
  int tile_;
  std::vector<Panel> panels_;
  std::size_t position_weights_;  // of one position
  AlignedBuffer<float> weights_, bias_;
  AlignedBuffer<float> zeros_;  // a pixel outside of the image
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_winograd_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                                  const Activation& activation, const Isa& isa, int tile) {
  OCTET_CHECK(winograd_has(shape) && (tile == 2 || tile == 4), "Winograd does not have this convolution");
  return std::make_unique<WinogradConv2dF32>(shape, weights, bias, activation, best_kernel<WinogradF32Kernels>(isa), tile);
}

}  // namespace octet::kernels
